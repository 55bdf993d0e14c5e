import { sender, type Sending } from '../circuit/index.ts';
import { chancePlace } from '../random/index.ts';
import type { Publication } from './publication.ts';

/** One timestep of an axon: from its neuron's new rate and what it sent last, publishes what it sends. `key` is what the timestep's draws have in common. */
export type Axon = (published: Publication, key: number) => void;

/** Makes the axons of a population, by neuron from 0; undefined where the rates are sent as they are. */
export function axonsOf(sending: Sending | undefined): ((index: number) => Axon) | undefined {
  if (!sending) return undefined;
  const send = sender(sending);
  return (index) => {
    const place = chancePlace(index);
    return (published, key) => {
      published.sent = send(published.rate, published.sent, place, key);
    };
  };
}

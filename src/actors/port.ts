import { Observable, type Subscriber } from 'rxjs';
import { blame } from '../errors/index.ts';

/** How a port delivers to an actor, and the actor's name for errors that it throws. */
export interface Listener<T> {
  readonly name: string;
  next(value: T): void;
}

/**
 * A multicast port: actors are connected to it, and anyone may tap it, because it is an RxJS Observable.
 *
 * Actors are called directly, in the order they were connected; what an actor throws reaches the sender at once, with the
 * actor's name (RxJS would report it later and elsewhere). Taps come after the actors, and cost nothing if no one subscribes.
 */
export class Port<T> extends Observable<T> {
  private readonly listeners: Listener<T>[] = [];
  private readonly outside: { taps: readonly Subscriber<T>[]; over: boolean };

  constructor() {
    const outside: { taps: readonly Subscriber<T>[]; over: boolean } = { taps: [], over: false };
    super((subscriber) => {
      if (outside.over) subscriber.complete();
      outside.taps = [...outside.taps, subscriber];
      return () => {
        outside.taps = outside.taps.filter((tap) => tap !== subscriber);
      };
    });
    this.outside = outside;
  }

  /** Whether anyone outside the circuit listens; if not, no message need be made. */
  get tapped(): boolean {
    return this.outside.taps.length > 0;
  }

  connect(listener: Listener<T>): void {
    this.listeners.push(listener);
  }

  /** Delivers to the actors, then to the taps. */
  send(value: T): void {
    this.deliver(value);
    if (this.tapped) this.show(value);
  }

  /** Delivers to the actors alone. */
  deliver(value: T): void {
    const { listeners } = this;
    let i = 0;
    try {
      for (; i < listeners.length; i++) listeners[i].next(value);
    } catch (error) {
      throw blame(listeners[i].name, error);
    }
  }

  /** Delivers to the taps alone. */
  show(value: T): void {
    for (const tap of this.outside.taps) tap.next(value);
  }

  /** Tells the taps, also those that subscribe later, that nothing more will come. */
  complete(): void {
    this.outside.over = true;
    for (const tap of this.outside.taps) tap.complete();
  }
}

import type { Command, Contender } from './contenders/index.ts';
import { PeerProcess, type Ready } from './peer-process.ts';

/** A contender that can be started here. */
export interface Prepared {
  readonly contender: Contender;
  readonly command: Command;
}

/** A contender that is running. */
export interface Peer extends Ready {
  readonly contender: Contender;
  readonly process: PeerProcess;
}

/**
 * Starts them on a problem file, lets `use` have them, and ends them however that ends.
 * One after another: some time how long they take to be built, which nobody is to disturb.
 */
export async function withPeers<T>(
  prepared: readonly Prepared[],
  problem: string,
  use: (peers: readonly Peer[]) => Promise<T>,
): Promise<T> {
  const peers: Peer[] = [];
  try {
    for (const { contender, command } of prepared) {
      const [process, ready] = await PeerProcess.start(contender.name, command, problem);
      peers.push({ ...ready, contender, process });
    }
    return await use(peers);
  } finally {
    await Promise.all(peers.map(({ process }) => process.stop()));
  }
}

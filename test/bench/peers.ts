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

/** Starts them side by side on a problem file, lets `use` have them, and ends them however that ends. */
export async function withPeers<T>(
  prepared: readonly Prepared[],
  problem: string,
  use: (peers: readonly Peer[]) => Promise<T>,
): Promise<T> {
  const starts = await Promise.allSettled(
    prepared.map(async ({ contender, command }): Promise<Peer> => {
      const [process, ready] = await PeerProcess.start(contender.name, command, problem);
      return { ...ready, contender, process };
    }),
  );
  const peers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  try {
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed) throw failed.reason;
    return await use(peers);
  } finally {
    await Promise.all(peers.map(({ process }) => process.stop()));
  }
}

/** Says on standard error what the benchmark is doing, and how long the rounds that are left will take. */
export interface Progress {
  /** The next case begins. */
  case(name: string): void;
  doing(what: string): void;
  /** A round begins, the first being 0. */
  round(round: number, of: number): void;
}

/** @param cases How many there will be. */
export function progress(cases: number): Progress {
  let [name, number, began] = ['', 0, 0];
  const say = (what: string): void => {
    process.stderr.write(`case ${number} of ${cases}, ${name}: ${what}\n`);
  };
  return {
    case: (next) => {
      [name, number] = [next, number + 1];
    },
    doing: say,
    round: (round, of) => {
      const now = performance.now();
      if (round === 0) began = now;
      const left = Math.ceil(((now - began) / 1000 / round) * (of - round));
      say(`round ${round + 1} of ${of}${round > 0 ? `, ${left} s left of this case` : ''}`);
    },
  };
}

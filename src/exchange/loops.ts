/** Edges between places. */
export type Edges = readonly (readonly [from: string, to: string])[];

/** The places to which each place leads, in the order of the edges. */
export function nextOf(edges: Edges): ReadonlyMap<string, readonly string[]> {
  const next = new Map<string, string[]>();
  for (const [from, to] of edges) {
    const others = next.get(from);
    if (others) others.push(to);
    else next.set(from, [to]);
  }
  return next;
}

/**
 * The edges, by number, that close a loop in a depth-first search that takes the places in this order. Without them there are no loops.
 */
export function closingEdges(places: readonly string[], edges: Edges): ReadonlySet<number> {
  return depthFirst(places, edges).closing;
}

/** The edges that lie in a loop, by number. */
export function edgesInLoops(places: readonly string[], edges: Edges): ReadonlySet<number> {
  const { done } = depthFirst(places, edges);
  const back = nextOf(edges.map(([from, to]) => [to, from]));
  /** Places that can be reached from each other have the same representative (Kosaraju's algorithm). */
  const first = new Map<string, string>();
  for (const start of done.toReversed()) {
    if (first.has(start)) continue;
    first.set(start, start);
    const waiting = [start];
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      for (const other of back.get(place) ?? []) {
        if (first.has(other)) continue;
        first.set(other, start);
        waiting.push(other);
      }
    }
  }
  return new Set(edges.flatMap(([from, to], edge) => (first.get(from) === first.get(to) ? [edge] : [])));
}

/**
 * A minimal set of edges without which there are no loops; edges that close a loop are preferred.
 *
 * @param mayBreak Whether the edge with this number may be in the set. Without all edges that may, there must be no loop.
 */
export function breakingEdges(
  places: readonly string[],
  edges: Edges,
  mayBreak: (edge: number) => boolean,
): ReadonlySet<number> {
  const [looped, closing] = [edgesInLoops(places, edges), closingEdges(places, edges)];
  const kept = edges.filter((_, edge) => !looped.has(edge) || !mayBreak(edge));
  const asked = [...looped].filter(mayBreak).toSorted((a, b) => Number(closing.has(a)) - Number(closing.has(b)));
  return new Set(
    asked.filter((edge) => {
      kept.push(edges[edge]);
      if (closingEdges(places, kept).size === 0) return false;
      kept.pop();
      return true;
    }),
  );
}

/** Depth-first search: which edges close a loop, and in which order places are finished. */
function depthFirst(
  places: readonly string[],
  edges: Edges,
): { readonly closing: ReadonlySet<number>; readonly done: readonly string[] } {
  const next = new Map<string, { readonly to: string; readonly edge: number }[]>(places.map((place) => [place, []]));
  edges.forEach(([from, to], edge) => next.get(from)?.push({ to, edge }));
  const closing = new Set<number>();
  const [open, done] = [new Set<string>(), new Set<string>()];
  for (const first of places) {
    if (done.has(first)) continue;
    const path = [{ place: first, at: 0 }];
    open.add(first);
    for (let here = path.at(-1); here; here = path.at(-1)) {
      const ways = next.get(here.place) ?? [];
      if (here.at === ways.length) {
        open.delete(here.place);
        done.add(here.place);
        path.pop();
        continue;
      }
      const { to, edge } = ways[here.at++];
      if (open.has(to)) closing.add(edge);
      else if (!done.has(to)) {
        open.add(to);
        path.push({ place: to, at: 0 });
      }
    }
  }
  return { closing, done: [...done] };
}

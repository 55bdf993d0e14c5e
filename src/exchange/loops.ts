/** Whether a way leads from one place to another, over one edge at least. */
export function reachedFrom(
  edges: readonly (readonly [from: string, to: string])[],
): (from: string, to: string) => boolean {
  const next = nextOf(edges);
  const known = new Map<string, ReadonlySet<string>>();
  return (from, to) => {
    let reached = known.get(from);
    if (!reached) known.set(from, (reached = behind(next, from)));
    return reached.has(to);
  };
}

function behind(next: ReadonlyMap<string, readonly string[]>, from: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [from];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    for (const other of next.get(place) ?? []) {
      if (reached.has(other)) continue;
      reached.add(other);
      waiting.push(other);
    }
  }
  return reached;
}

/** What each place leads to, in the order of the edges. */
export function nextOf(
  edges: readonly (readonly [from: string, to: string])[],
): ReadonlyMap<string, readonly string[]> {
  const next = new Map<string, string[]>();
  for (const [from, to] of edges) {
    const others = next.get(from);
    if (others) others.push(to);
    else next.set(from, [to]);
  }
  return next;
}

/**
 * The edges that close a loop, for whoever goes through the places in this order and always on from where they are: without them there is no
 * loop left. By their number.
 */
export function closingEdges(
  places: readonly string[],
  edges: readonly (readonly [from: string, to: string])[],
): ReadonlySet<number> {
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
  return closing;
}

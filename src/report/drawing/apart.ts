/** Moves places as little as possible, keeping their order, so that neighbours are at least `distance` apart. */
export function apart(places: readonly number[], distance: number): readonly number[] {
  const order = places.map((_, k) => k).sort((a, b) => places[a] - places[b]);
  // Places that touch form a group, which is centred on its mean.
  const groups: { members: number[]; middle: number }[] = [];
  for (const k of order) {
    let group = { members: [k], middle: places[k] };
    for (let before = groups.at(-1); before; before = groups.at(-1)) {
      const room = ((before.members.length + group.members.length) / 2) * distance;
      if (group.middle - before.middle >= room) break;
      groups.pop();
      const members = [...before.members, ...group.members];
      group = { members, middle: members.reduce((sum, one) => sum + places[one], 0) / members.length };
    }
    groups.push(group);
  }
  const moved = [...places];
  for (const { members, middle } of groups) {
    members.forEach((k, at) => (moved[k] = middle + (at - (members.length - 1) / 2) * distance));
  }
  return moved;
}

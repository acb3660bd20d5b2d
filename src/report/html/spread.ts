// Labels beside a chart: moved apart until none overlaps another, and each as near to its place as that allows.

/** Places at least `gap` apart and within 0 … `most`, in the order of those wanted and near them. */
export function spread(wanted: readonly number[], gap: number, most: number): number[] {
  const order = wanted.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place);
  const found = new Array<number>(wanted.length).fill(0);
  let least = 0;
  for (const { place, index } of order) {
    found[index] = Math.max(place, least);
    least = (found[index] ?? 0) + gap;
  }
  let limit = most;
  for (const { index } of order.reverse()) {
    found[index] = Math.min(found[index] ?? 0, limit);
    limit = (found[index] ?? 0) - gap;
  }
  return found;
}

/** Up to this many coefficients, the loop over them is unrolled: it would cost more than its body. */
const MOST_WRITTEN_OUT = 16;

/** Text that does something for each of `width` coefficients. */
export function each(width: number, text: (c: string) => string): string {
  if (width > MOST_WRITTEN_OUT) return `for (let c = 0; c < ${width}; c++) { ${text('c')} }`;
  return Array.from({ length: width }, (_, c) => text(String(c))).join(' ');
}

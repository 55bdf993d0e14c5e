/** 1234567 as 1,234,567. */
export function grouped(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A measured number to three significant digits: 0.123, 12.3, 12,345, 1.23×10⁻⁵. */
export function significant(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return signed(String(value));
  const size = Math.abs(value);
  if (size >= 1000 && size < 1e6) return signed(grouped(Math.round(value)));
  if (size >= 1e-3 && size < 1000) return signed(value.toPrecision(3));
  const [digits, exponent] = value.toExponential(2).split('e');
  return `${signed(digits)}×${power(Number(exponent))}`;
}

/** A power of ten as a label: 10⁻³, and 1 and 10 as they are. */
export function powerLabel(value: number): string {
  const exponent = Math.round(Math.log10(value));
  return exponent === 0 || exponent === 1 ? String(value) : power(exponent);
}

/** 1, 2 or 5 times a power of ten as a label: 0.05, 2,000, 2×10⁻⁵. */
export function stepLabel(value: number): string {
  if (value >= 1e-3 && value < 1e5) return linearLabel(value);
  const [digits, exponent] = value.toExponential(0).split('e');
  return digits === '1' ? power(Number(exponent)) : `${digits}×${power(Number(exponent))}`;
}

/** A label on a linear axis, without the noise of binary fractions. */
export function linearLabel(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 1e-4)) return signed(Number(value.toPrecision(6)).toExponential());
  if (size >= 1000 && Number.isInteger(value)) return signed(grouped(value));
  return signed(String(Number(value.toPrecision(6))));
}

/** A real minus sign in place of the hyphen in front. */
function signed(text: string): string {
  return text.replace(/^-/, '\u2212');
}

function power(exponent: number): string {
  const superscript = String(exponent).replace(/./g, (sign) => (sign === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)]));
  return `10${superscript}`;
}

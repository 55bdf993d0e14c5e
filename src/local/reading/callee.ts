import type { Expression, Super } from 'acorn';
import { propertyName } from './property-name.ts';

/** Functions of Math that give the same bits everywhere: rxflo's functions of these names. */
const OF_MATH: readonly string[] = ['sqrt', 'abs', 'min', 'max', 'sign', 'floor'];

/** Which function a call means. */
export type Callee =
  | { readonly kind: 'known'; readonly name: string }
  /** A function of Math that does not give rxflo's bits. */
  | { readonly kind: 'math'; readonly name: string }
  /** An unknown name: a function from outside, or one of rxflo's, renamed. */
  | { readonly kind: 'unknown'; readonly name: string }
  | { readonly kind: 'other' };

/**
 * Recognises a known function, such as one of rxflo's, by its name, in all the ways that tools write it:
 *
 *     tanh(u)                                as it was written; tsx, TypeScript
 *     tanh2(u), tanh$1(u), tanh_1(u)         bundlers, where there is another tanh
 *     (0, x.tanh)(u), x.tanh(u)              vitest, CommonJS, namespace imports
 */
export function calleeOf(callee: Expression | Super, isKnown: (name: string) => boolean): Callee {
  switch (callee.type) {
    case 'ParenthesizedExpression':
      return calleeOf(callee.expression, isKnown);
    case 'SequenceExpression': {
      const [zero, last, ...rest] = callee.expressions;
      const bare = zero.type === 'Literal' && zero.value === 0 && rest.length === 0;
      return bare ? calleeOf(last, isKnown) : { kind: 'other' };
    }
    case 'Identifier': {
      const name = [callee.name, callee.name.replace(/[$_]*\d+$/, '')].find(isKnown);
      return name ? { kind: 'known', name } : { kind: 'unknown', name: callee.name };
    }
    case 'MemberExpression': {
      const { object, property } = callee;
      const name = propertyName(property, callee.computed);
      if (object.type !== 'Identifier' || name === undefined) return { kind: 'other' };
      if (object.name === 'Math' && !OF_MATH.includes(name)) return { kind: 'math', name };
      return isKnown(name) ? { kind: 'known', name } : { kind: 'unknown', name: `${object.name}.${name}` };
    }
    default:
      return { kind: 'other' };
  }
}

/** Numbers of Math that a local function may name: ECMAScript fixes each of them. */
export const MATH_NUMBERS: Readonly<Record<string, number>> = {
  E: Math.E,
  LN10: Math.LN10,
  LN2: Math.LN2,
  LOG10E: Math.LOG10E,
  LOG2E: Math.LOG2E,
  PI: Math.PI,
  SQRT1_2: Math.SQRT1_2,
  SQRT2: Math.SQRT2,
};

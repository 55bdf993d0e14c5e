import { z } from 'zod';
import { brief } from './check.ts';

/** The most entries of a list by default. */
const MOST = 100_000;

/** A list of these. Reading stops at the first that is wrong, so that a file cannot cause any number of errors. */
export function listOf<T>(element: z.ZodType<T>, { least = 0, most = MOST } = {}): z.ZodType<T[]> {
  return z
    .array(z.unknown())
    .min(least)
    .max(most)
    .transform((values, context) => {
      const checked: T[] = [];
      for (const [at, value] of values.entries()) {
        const result = element.safeParse(value);
        if (!result.success) return refuse(context, result.error.issues, at);
        checked.push(result.data);
      }
      return checked;
    });
}

/** Values by name. Reading stops at the first that is wrong. */
export function recordOf<T>(element: z.ZodType<T>, name: z.ZodType<string> = z.string()): z.ZodType<Record<string, T>> {
  return z.record(z.string(), z.unknown()).transform((values, context) => {
    const checked: [string, T][] = [];
    for (const [key, value] of Object.entries(values)) {
      const [named, result] = [name.safeParse(key), element.safeParse(value)];
      if (!named.success) return refuse(context, named.error.issues, key);
      if (!result.success) return refuse(context, result.error.issues, key);
      checked.push([key, result.data]);
    }
    return Object.fromEntries(checked);
  });
}

/** A list of finite numbers, or of values that `isRight` accepts. Reading stops at the first that is wrong. */
export function numbersIn(): z.ZodType<number[]>;
export function numbersIn<T>(isRight: (value: unknown) => value is T, wanted: string): z.ZodType<T[]>;
export function numbersIn(isRight: (value: unknown) => boolean = isFinite, wanted = 'a finite number'): z.ZodType {
  const error = ({ input }: { readonly input?: unknown }) =>
    input === undefined ? 'is missing; give a list' : `${brief(input)} is not a list`;
  return z.custom<unknown[]>(Array.isArray, { error }).superRefine((values, context) => {
    const at = values.findIndex((value) => !isRight(value));
    if (at >= 0) context.addIssue({ code: 'custom', path: [at], message: `${brief(values[at])} is not ${wanted}` });
  });
}

function isFinite(value: unknown): boolean {
  return Number.isFinite(value);
}

function refuse(context: z.core.$RefinementCtx, issues: readonly z.core.$ZodIssue[], key: PropertyKey): never {
  for (const issue of issues) context.addIssue({ ...issue, path: [key, ...issue.path] });
  return z.NEVER;
}

/**
 * A start value: the variable begins as the synapse's initial weight, and is kept from trial to trial, as the weight itself is.
 * Only the rule's `after` changes it: `state: { held: weight }`, `after: ({ w }) => ({ held: w })`.
 */
export const weight: unique symbol = Symbol('weight');

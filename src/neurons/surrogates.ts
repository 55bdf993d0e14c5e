/**
 * Pseudo-derivatives of a spike as functions of d, the distance of the voltage from the threshold in units of `width`; the parameter `surrogate`
 * of spiking neurons says which. Each is 1 at d = 0. Bellec et al., Nat. Commun. 11:3625 (2020); Zenke & Ganguli, Neural Comput. 30:1514 (2018).
 *
 *     triangle max(0, 1 - |d|)      exponential e^-|d|      fast-sigmoid (1 + |d|)^-2      arctan 1 / (1 + d^2)
 */
export const surrogates: Readonly<Record<'triangle' | 'exponential' | 'fast-sigmoid' | 'arctan', number>> = {
  ...{ triangle: 0, exponential: 1, 'fast-sigmoid': 2, arctan: 3 },
};

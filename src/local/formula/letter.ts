/** How one quantity is written in a formula, in each notation. */
export interface Letter {
  readonly latex: string;
  /** Presentation MathML, one element. */
  readonly mathml: string;
  /** For a terminal. */
  readonly text: string;
  /** Whether it is a fraction, if the notation has them. */
  readonly fraction?: true;
}

const GREEK = new Map(
  Object.entries({
    ...{ alpha: 'α', beta: 'β', gamma: 'γ', delta: 'δ', epsilon: 'ε', zeta: 'ζ', eta: 'η', theta: 'θ', iota: 'ι' },
    ...{ kappa: 'κ', lambda: 'λ', mu: 'μ', nu: 'ν', xi: 'ξ', pi: 'π', rho: 'ρ', sigma: 'σ', tau: 'τ', upsilon: 'υ' },
    ...{ phi: 'φ', chi: 'χ', psi: 'ψ', omega: 'ω' },
  }),
);

/** A name as a letter: Greek if it is the name of a Greek letter, upright if it is a word. */
export function letter(name: string): Letter {
  const greek = GREEK.get(name);
  if (greek !== undefined) return { latex: `\\${name}`, mathml: `<mi>${greek}</mi>`, text: greek };
  const latex = name.length === 1 ? name : `\\mathrm{${name.replaceAll('_', '\\_')}}`;
  return { latex, mathml: `<mi>${name}</mi>`, text: name };
}

/** A letter with an index: of one neuron, `i`, or of a synapse from j to i, `ij`. */
export function indexed(base: Letter, index: 'i' | 'j' | 'ij'): Letter {
  const marks = index
    .split('')
    .map((mark) => `<mi>${mark}</mi>`)
    .join('');
  return {
    latex: `${base.latex}_${index.length === 1 ? index : `{${index}}`}`,
    mathml: `<msub>${base.mathml}<mrow>${marks}</mrow></msub>`,
    text: `${base.text}_${index}`,
  };
}

const WHEN = { t: '<mi>t</mi>', 't-1': '<mi>t</mi><mo>−</mo><mn>1</mn>', new: '<mtext>new</mtext>' };

/** A letter at a timestep: this one, or the one before; or after a change was applied. */
export function at(base: Letter, time: keyof typeof WHEN): Letter {
  const when = WHEN[time];
  return {
    latex: `${base.latex}(${time === 'new' ? '\\text{new}' : time})`,
    mathml: `<mrow>${base.mathml}<mo>(</mo>${when}<mo>)</mo></mrow>`,
    text: `${base.text}(${time})`,
  };
}

/** A change of the quantity. */
export function change(of: Letter): Letter {
  return { latex: `\\Delta ${of.latex}`, mathml: `<mrow><mi>Δ</mi>${of.mathml}</mrow>`, text: `Δ${of.text}` };
}

/** The partial derivative of one letter with respect to another. */
export function partial(of: Letter, by: Letter): Letter {
  const part = (of: Letter) => `<mrow><mo>∂</mo>${of.mathml}</mrow>`;
  return {
    latex: `\\frac{\\partial ${of.latex}}{\\partial ${by.latex}}`,
    mathml: `<mfrac>${part(of)}${part(by)}</mfrac>`,
    text: `(∂${of.text}/∂${by.text})`,
    fraction: true,
  };
}

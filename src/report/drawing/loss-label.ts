/** The label of a loss on an axis; `loss` is the name of the loss function, by default half the mean squared error. */
export function lossLabel(loss: string | undefined, which = 'Loss'): string {
  return `${which} (${loss ?? 'half mean squared error'})`;
}

import { sigmoid } from './fit-logistic.ts'

/** calibrated log-odds = slope × log-odds + offset */
export type Calibration = { slope: number; offset: number }

export const uncalibrated: Calibration = { slope: 1, offset: 0 }

/** How firmly we believe in slope 1 and offset 0 before seeing data (1 / variance): with some dozens of failures the data may only nudge. */
const belief = { slope: 10, offset: 4 }

/**
 * Platt scaling (Platt 1999) of out-of-fold log-odds, pulled towards "no change" because a salon's validation
 * folds hold few failures. Newton's method on two parameters; deterministic.
 */
export function calibrate({ logits, labels }: { logits: number[]; labels: number[] }): Calibration {
  let { slope, offset } = uncalibrated
  for (let step = 0; step < 25; step++) {
    let [gs, go, hss, hso, hoo] = [-belief.slope * (slope - 1), -belief.offset * offset, belief.slope, 0, belief.offset]
    logits.forEach((logit, i) => {
      const p = sigmoid(slope * logit + offset)
      const residual = (labels[i] as number) - p
      const weight = p * (1 - p)
      gs += residual * logit
      go += residual
      hss += weight * logit * logit
      hso += weight * logit
      hoo += weight
    })
    const determinant = hss * hoo - hso * hso
    const [ds, d0] = [(hoo * gs - hso * go) / determinant, (hss * go - hso * gs) / determinant]
    slope += ds
    offset += d0
    if (Math.abs(ds) + Math.abs(d0) < 1e-10) break
  }
  // A negative slope would turn the ranking round on noise.
  return slope > 0 ? { slope, offset } : uncalibrated
}

import { fitPenalised } from './fit-penalised.ts'

/** calibrated log-odds = slope × log-odds + offset */
export type Calibration = { slope: number; offset: number }

export const uncalibrated: Calibration = { slope: 1, offset: 0 }

/** How firmly we believe in slope 1 and offset 0 before seeing data (1 / variance): with some dozens of failures the data may only nudge. */
const belief = { slope: 10, offset: 4 }

/**
 * Platt scaling (Platt 1999) of out-of-fold log-odds, pulled towards "no change" because a salon's validation
 * folds hold few failures.
 */
export function calibrate({ logits, labels }: { logits: number[]; labels: number[] }): Calibration {
  const [slope = 1, offset = 0] = fitPenalised({
    inputs: logits.map((logit) => [logit, 1]),
    labels,
    penalties: [belief.slope, belief.offset],
    centre: [1, 0],
    start: [1, 0],
  })
  // A negative slope would turn the ranking round on noise.
  return slope > 0 ? { slope, offset } : uncalibrated
}

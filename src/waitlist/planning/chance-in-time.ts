/** So many medians after an offer everybody who says YES has said it; later ones are one in 32 and count as if they had. */
const medians = 5

/**
 * The share of those who will say YES that has said it after some minutes: exponential answer times with the measured median
 * m, cut off at 5 m, so that a longer window than that gains nothing: (1 − 2^(−minutes/m)) / (1 − 2^(−5)), 1 at most. That
 * answer times are exponential is an assumption.
 */
export function answeredIn({ minutes, medianMin }: { minutes: number; medianMin: number }): number {
  return Math.min(1, (1 - 2 ** (-Math.max(0, minutes) / medianMin)) / (1 - 2 ** -medians))
}

/** The chance that a client says YES: the location's rate, and with it (worth ten offers) their own answers: (yes + 10 · rate) / (offers + 10). */
export function chanceOfYes({ rate, answers = { offers: 0, yes: 0 } }: { rate: number; answers?: { offers: number; yes: number } | undefined }): number {
  return (answers.yes + 10 * rate) / (answers.offers + 10)
}

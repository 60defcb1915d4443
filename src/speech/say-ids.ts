import llamaTokenizer from 'llama-tokenizer-js'

/** The vocabulary that the model shares with Llama; ids above are marks of its own that stand for no words. */
const vocabulary = 32_000
const beginId = 1
/** The average below which the model was guessing: noise and noises come out below, speech that a person could follow above. */
const leastSureness = -1

/** The words of the model's ids; empty when it was only guessing. */
export function sayIds({ ids, sureness }: { ids: number[]; sureness: number[] }): string {
  const average = sureness.reduce((sum, one) => sum + one, 0) / Math.max(1, sureness.length)
  if (average < leastSureness) return ''
  return llamaTokenizer.decode([beginId, ...ids.filter((id) => id < vocabulary)]).trim()
}

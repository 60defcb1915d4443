/** Texts indexed by their words and word pairs. */
export type PhraseIndex = {
  /** The cosine, in words and word pairs weighed by rarity, of a text to each of the first `count` indexed ones. */
  cosines(text: string, count: number): Float64Array
}

export function indexPhrases(texts: string[]): PhraseIndex {
  const documents = texts.map((text) => [...new Set(phrasesOf(text))])
  const counts = new Map<string, number>()
  for (const document of documents) for (const phrase of document) counts.set(phrase, (counts.get(phrase) ?? 0) + 1)
  const rarity = new Map([...counts].map(([phrase, count]) => [phrase, Math.log((texts.length + 1) / (count + 0.5))]))
  const postings = new Map<string, { at: number; weight: number }[]>([...counts.keys()].map((phrase) => [phrase, []]))
  for (const [at, document] of documents.entries()) {
    for (const { phrase, weight } of weigh(document)) postings.get(phrase)!.push({ at, weight })
  }

  function weigh(document: string[]): { phrase: string; weight: number }[] {
    const known = document.map((phrase) => ({ phrase, weight: rarity.get(phrase) ?? 0 })).filter(({ weight }) => weight > 0)
    const norm = Math.sqrt(known.reduce((sum, { weight }) => sum + weight * weight, 0))
    return known.map(({ phrase, weight }) => ({ phrase, weight: weight / norm }))
  }

  return {
    cosines(text, count) {
      const sums = new Float64Array(count)
      for (const { phrase, weight } of weigh([...new Set(phrasesOf(text))])) {
        for (const posting of postings.get(phrase)!) if (posting.at < count) sums[posting.at]! += weight * posting.weight
      }
      return sums
    },
  }
}

/** Words and neighbouring pairs, with the ends of the text as words of their own. */
function phrasesOf(text: string): string[] {
  const words = ['^', ...(text.toLowerCase().replace(/['’]/g, '').match(/\p{L}+|\d+|\?/gu) ?? []), '$']
  return words.flatMap((word, i) => (i === 0 ? [] : [word, `${words[i - 1]} ${word}`]))
}

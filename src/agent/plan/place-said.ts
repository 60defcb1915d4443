/** "The second one", "number 3": a place in what was listed, from 0. */
export function placeSaid(said: string): number | undefined {
  const word = /\bthe (first|second|third|fourth|fifth)(?: one| client| appointment| person| call| visit)?\b(?! thing)|(?:\bnumber |#|\bno\. ?)([1-9])\b/i.exec(said)
  if (word === null) return undefined
  return word[2] === undefined ? ['first', 'second', 'third', 'fourth', 'fifth'].indexOf(word[1]?.toLowerCase() ?? '') : Number(word[2]) - 1
}

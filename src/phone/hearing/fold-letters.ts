/** Lower case, without accents and apostrophes: "Sí, I'll" is "si, ill". Pure. */
export function foldLetters(words: string): string {
  return words.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/['’‘`]/g, '')
}

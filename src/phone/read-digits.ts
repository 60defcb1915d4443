const words: Record<string, string> = {
  zero: '0', oh: '0', o: '0', one: '1', won: '1', two: '2', to: '2', too: '2', three: '3', tree: '3', four: '4', for: '4', five: '5', six: '6', seven: '7', eight: '8', ate: '8', nine: '9',
  cero: '0', uno: '1', una: '1', dos: '2', tres: '3', cuatro: '4', cinco: '5', seis: '6', siete: '7', ocho: '8', nueve: '9',
}
const teens: Record<string, string> = { ten: '10', eleven: '11', twelve: '12', thirteen: '13', fourteen: '14', fifteen: '15', sixteen: '16', seventeen: '17', eighteen: '18', nineteen: '19', once: '11', doce: '12', trece: '13', catorce: '14', quince: '15', diez: '10' }
const tens: Record<string, string> = { twenty: '2', thirty: '3', forty: '4', fifty: '5', sixty: '6', seventy: '7', eighty: '8', ninety: '9', veinte: '2', treinta: '3', cuarenta: '4', cincuenta: '5', sesenta: '6', setenta: '7', ochenta: '8', noventa: '9' }

/**
 * The digits that were said or keyed in, in order: "four eight two, nine one three", "482-913", "forty eight twenty nine
 * thirteen", "double four". What is no number is passed over; '' for none. `length`: so many are expected, so that "for eight
 * two nine one three" is 482913 where six are, and "for my code" still is no digit. Pure.
 */
export function readDigits(said: string, length?: number): string {
  const tokens = said.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().match(/\d+|[a-z]+/g) ?? []
  let digits = ''
  // "To" and "for" are digits beside digits only: "for my code: four eight…".
  const isDigit = (token: string | undefined): boolean => token !== undefined && (/^\d+$/.test(token) || (token in words && !/^(?:to|too|for|o|oh|won|ate|tree|una)$/.test(token)) || token in tens || token in teens)
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as string
    const [before, next] = [tokens[at - 1], tokens[at + 1]]
    if (token === 'double' || token === 'doble') {
      const again = next === undefined ? undefined : /^\d$/.test(next) ? next : words[next]
      if (again !== undefined) {
        digits += again + again
        at++
      }
    } else if (/^\d+$/.test(token)) digits += token
    else if (token in tens) {
      const unit = next !== undefined && next !== 'o' && next !== 'oh' ? words[next] : undefined
      if (unit !== undefined && unit !== '0' && isDigit(next)) {
        digits += tens[token] + unit
        at++
      } else digits += `${tens[token]}0`
    } else if (token in teens) digits += teens[token]
    else if (isDigit(token) || (token in words && isDigit(before) && (next === undefined || isDigit(next)))) digits += words[token]
  }
  // A first word that sounds like the one digit that is missing is it.
  const [first = '', second] = tokens
  const missing = isDigit(first) ? undefined : words[first]
  return missing !== undefined && isDigit(second) && digits.length + 1 === length ? missing + digits : digits
}

const words: Record<string, string> = {
  zero: '0', oh: '0', o: '0', one: '1', won: '1', two: '2', to: '2', too: '2', three: '3', tree: '3', four: '4', for: '4', five: '5', six: '6', seven: '7', eight: '8', ate: '8', nine: '9',
  cero: '0', uno: '1', una: '1', dos: '2', tres: '3', cuatro: '4', cinco: '5', seis: '6', siete: '7', ocho: '8', nueve: '9',
}
/** What sounds like a digit, and is another word where no digits are about. */
const homophones: ReadonlySet<string> = new Set(['to', 'too', 'for', 'o', 'oh', 'won', 'ate', 'tree', 'una'])
const teens: Record<string, string> = { ten: '10', eleven: '11', twelve: '12', thirteen: '13', fourteen: '14', fifteen: '15', sixteen: '16', seventeen: '17', eighteen: '18', nineteen: '19', once: '11', doce: '12', trece: '13', catorce: '14', quince: '15', diez: '10' }
const tens: Record<string, string> = { twenty: '2', thirty: '3', forty: '4', fifty: '5', sixty: '6', seventy: '7', eighty: '8', ninety: '9', veinte: '2', treinta: '3', cuarenta: '4', cincuenta: '5', sesenta: '6', setenta: '7', ochenta: '8', noventa: '9' }

/**
 * The digits that were said or keyed in, in order: "four eight two, nine one three", "482-913", "forty eight twenty nine
 * thirteen", "double four". What is no number is passed over; '' for none. `length`: so many are expected, so that "for eight
 * two nine one three" is 482913 where six are, and "for my code" still is no digit. Pure.
 */
export function readDigits(said: string, length?: number): string {
  const tokens = said.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().match(/\d+|[a-z]+/g) ?? []
  const isNumber = tokens.map((token) => /^\d+$/.test(token) || (token in words && !homophones.has(token)) || token in tens || token in teens || token === 'double' || token === 'doble')
  // "To" and "for" are digits among digits only: "for my code: four eight…".
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as string
    if (!homophones.has(token)) continue
    const next = tokens.findIndex((each, later) => later > at && !homophones.has(each))
    const goesOn = next < 0 || isNumber[next] === true
    if (isNumber[at - 1] === true && goesOn) isNumber[at] = true
  }
  let digits = ''
  for (let at = 0; at < tokens.length; at++) {
    if (isNumber[at] !== true) continue
    const [token, next] = [tokens[at] as string, tokens[at + 1]]
    const unit = next === undefined || isNumber[at + 1] !== true ? undefined : /^\d$/.test(next) ? next : words[next]
    if (token === 'double' || token === 'doble') {
      if (unit === undefined) continue
      digits += unit + unit
      at++
    } else if (/^\d+$/.test(token)) digits += token
    else if (token in tens) {
      const isOne = unit !== undefined && unit !== '0' && !/^\d$/.test(next ?? '')
      digits += isOne ? `${tens[token]}${unit}` : `${tens[token]}0`
      if (isOne) at++
    } else digits += teens[token] ?? words[token] ?? ''
  }
  // A first word that sounds like the one digit that is missing is it.
  const [first = ''] = tokens
  return homophones.has(first) && isNumber[1] === true && digits.length + 1 === length ? `${words[first]}${digits}` : digits
}

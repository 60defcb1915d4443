/** An amount in the currency's minor unit (cents), never a float. `currency` is ISO 4217. */
export type Money = { minor: number; currency: string }

export function money(minor: number, currency: string): Money {
  return { minor: Math.round(minor), currency }
}

export function addMoney(amounts: Money[], currency: string): Money {
  return { minor: amounts.reduce((sum, amount) => sum + amount.minor, 0), currency }
}

/** For people: "$82" or "$82.50"; other currencies with their code. Zero is "no charge listed" to nobody: it says "$0". */
export function sayMoney({ minor, currency }: Money): string {
  return formatter(currency, minor % 100 === 0 ? 0 : 2).format(minor / 100)
}

// Making a formatter takes far longer than using it, and a morning's list says hundreds of prices.
const formatters = new Map<string, Intl.NumberFormat>()

function formatter(currency: string, digits: number): Intl.NumberFormat {
  const key = `${currency} ${digits}`
  const made = formatters.get(key) ?? new Intl.NumberFormat('en-US', { style: 'currency', currency, currencyDisplay: 'narrowSymbol', minimumFractionDigits: digits, maximumFractionDigits: 2 })
  formatters.set(key, made)
  return made
}

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { money } from '../../salon/money.ts'
import type { Service } from '../../salon/salon.ts'

/** A service as somebody types it in, for platforms that do not tell how long things take or what they cost. */
export type ListedService = { id: string; name: string; durationMin: number; price: number }

/** "Women's cut = 60 min, 65.00" a line (or after a semicolon): name, minutes, price. Fails with words that name the line. */
export const ServiceList = z.string().default('').transform((text, context): ListedService[] => {
  const lines = text.split(/[\n;]+/).map((line) => line.trim()).filter((line) => line !== '')
  const services = lines.flatMap((line, n): ListedService[] => {
    const [, name = '', minutes = '', price = ''] = /^([^=]+?)\s*=\s*(\d{1,3})\s*(?:min(?:utes)?\.?)?\s*[,/]\s*\D{0,4}?(\d{1,6}(?:\.\d{1,2})?)$/i.exec(line) ?? []
    const durationMin = Number(minutes)
    if (name !== '' && durationMin > 0 && durationMin <= 12 * 60) return [{ id: idOfName(name), name, durationMin, price: Number(price) }]
    context.addIssue({ code: 'custom', message: `line ${n + 1} is not "Women's cut = 60 min, 65": the service's name as in the calendar, its length in minutes, its price` })
    return []
  })
  if (new Set(services.map(({ id }) => id)).size < services.length) context.addIssue({ code: 'custom', message: 'two services have the same name' })
  return services
})

/** A listed service as the catalogue has it. */
export function toService({ id, name, durationMin, price }: ListedService, currency: string): Service {
  return { id, name, category: 'service', durationMin, price: money(Math.round(price * 100), currency), active: true, consultation: /consult/i.test(name) }
}

/** An id made of a name, where the platform has none that could be learnt: the same however the name is spelt in capitals and accents. */
export function idOfName(name: string, without = 'service'): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')
  return plain === '' ? `${without}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}` : plain
}

import { z } from 'zod'

const Given = z.object({
  value: z.string().nullish(),
  selected_date: z.string().nullish(),
  selected_time: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
})

/** The values of a filled-in form by field name; a field left empty is the empty text. */
export function readForm(values: Record<string, Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.values(values).flatMap((block) => Object.entries(block).map(([name, given]) => {
    const parsed = Given.safeParse(given)
    const { value, selected_date: date, selected_time: time, selected_option: option } = parsed.success ? parsed.data : {}
    return [name, value ?? date ?? time ?? option?.value ?? ''] as const
  })))
}

import { z } from 'zod'

const Submitted = z.object({
  view: z.object({
    blocks: z.array(z.looseObject({
      type: z.string(),
      block_id: z.string().optional(),
      optional: z.boolean().optional(),
      element: z.looseObject({ type: z.string(), action_id: z.string().optional(), min_value: z.string().optional(), max_value: z.string().optional(), max_length: z.number().optional() }).optional(),
    })),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), z.looseObject({ value: z.string().nullish() }))) }),
  }),
})

/**
 * What is wrong with a filled-in form that can be told without looking anything up, by block: so that it is said while the form is
 * still open. Slack's own clients check most of it; a signed request of somebody's own making has not been through them.
 */
export function checkSubmission(body: unknown): Record<string, string> {
  const parsed = Submitted.safeParse(body)
  if (!parsed.success) return {}
  const { blocks, state } = parsed.data.view
  return Object.fromEntries(blocks.flatMap(({ type, block_id = '', optional = false, element }) => {
    if (type !== 'input' || element === undefined) return []
    const given = state.values[block_id]?.[element.action_id ?? '']?.value?.trim()
    const problem = wrong({ given, optional, element })
    return problem === undefined ? [] : [[block_id, problem]]
  }))
}

type Element = { type: string; min_value?: string | undefined; max_value?: string | undefined; max_length?: number | undefined }

function wrong({ given, optional, element }: { given: string | undefined; optional: boolean; element: Element }): string | undefined {
  // Dates, times and choices come in fields of their own; Slack sends nothing that was not offered.
  if (element.type !== 'plain_text_input' && element.type !== 'number_input') return undefined
  if (given === undefined || given === '') return optional ? undefined : 'Please fill this in.'
  if (element.max_length !== undefined && given.length > element.max_length) return `That is too long: at most ${element.max_length} characters.`
  if (element.type !== 'number_input') return undefined
  const number = Number(given)
  const [least, most] = [Number(element.min_value ?? -Infinity), Number(element.max_value ?? Infinity)]
  if (!Number.isFinite(number)) return 'This must be a number.'
  return number < least || number > most ? `This must be from ${least} to ${most}.` : undefined
}

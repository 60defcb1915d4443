import { z } from 'zod'

// Slack's documented shapes and limits (docs.slack.dev/reference/block-kit, @slack/types), written apart from the desk's
// own checker so that one can catch the other. Unknown fields and kinds are refused, as Slack does.

const plain = (max: number) => z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max), emoji: z.boolean().optional() })
const mrkdwn = (max: number) => z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(max), verbatim: z.boolean().optional() })
const anyText = (max: number) => z.union([plain(max), mrkdwn(max)])
const blockId = z.string().min(1).max(255).optional()
const actionId = z.string().min(1).max(255)

const confirm = z.strictObject({ title: plain(100), text: anyText(300), confirm: plain(30), deny: plain(30), style: z.enum(['primary', 'danger']).optional() })
const option = (value: number) => z.strictObject({ text: plain(75), value: z.string().min(1).max(value), description: plain(75).optional() })
const image = z.strictObject({ type: z.literal('image'), image_url: z.url().max(3_000).optional(), slack_file: z.strictObject({ id: z.string() }).optional(), alt_text: z.string().min(1).max(2_000) })
  .refine((value) => (value.image_url === undefined) !== (value.slack_file === undefined), 'one of image_url and slack_file')

const button = z.strictObject({
  type: z.literal('button'), text: plain(75), action_id: actionId, value: z.string().max(2_000).optional(), url: z.url().max(3_000).optional(),
  style: z.enum(['primary', 'danger']).optional(), confirm: confirm.optional(), accessibility_label: z.string().max(75).optional(),
})
const overflow = z.strictObject({ type: z.literal('overflow'), action_id: actionId, options: z.array(option(150)).min(1).max(5), confirm: confirm.optional() })
const select = z.strictObject({
  type: z.literal('static_select'), action_id: actionId, options: z.array(option(150)).min(1).max(100), initial_option: option(150).optional(), placeholder: plain(150).optional(), confirm: confirm.optional(), focus_on_load: z.boolean().optional(),
}).refine(({ options, initial_option: initial }) => initial === undefined || options.some((one) => JSON.stringify(one) === JSON.stringify(initial)), 'initial_option is none of the options')
const radio = z.strictObject({ type: z.literal('radio_buttons'), action_id: actionId, options: z.array(option(150)).min(1).max(10), initial_option: option(150).optional() })
const checkboxes = z.strictObject({ type: z.literal('checkboxes'), action_id: actionId, options: z.array(option(150)).min(1).max(10), initial_options: z.array(option(150)).optional() })
const date = z.strictObject({ type: z.literal('datepicker'), action_id: actionId, initial_date: z.iso.date().optional(), placeholder: plain(150).optional() })
const time = z.strictObject({ type: z.literal('timepicker'), action_id: actionId, initial_time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/).optional(), placeholder: plain(150).optional(), timezone: z.string().optional() })
const input = z.strictObject({
  type: z.literal('plain_text_input'), action_id: actionId, initial_value: z.string().max(3_000).optional(), multiline: z.boolean().optional(), min_length: z.int().min(0).max(3_000).optional(), max_length: z.int().min(1).max(3_000).optional(), placeholder: plain(150).optional(), focus_on_load: z.boolean().optional(),
}).refine(({ initial_value: initial, max_length: max }) => (initial?.length ?? 0) <= (max ?? 3_000), 'initial_value longer than max_length')
const number = z.strictObject({ type: z.literal('number_input'), action_id: actionId, is_decimal_allowed: z.boolean(), initial_value: z.string().optional(), min_value: z.string().optional(), max_value: z.string().optional(), placeholder: plain(150).optional() })
const feedbackButton = z.strictObject({ text: plain(75), value: z.string().min(1).max(2_000), accessibility_label: z.string().max(75).optional() })
const feedback = z.strictObject({ type: z.literal('feedback_buttons'), action_id: actionId, positive_button: feedbackButton, negative_button: feedbackButton })
const iconButton = z.strictObject({ type: z.literal('icon_button'), icon: z.literal('trash'), text: plain(75), action_id: actionId, value: z.string().max(2_000).optional(), confirm: confirm.optional() })

const style = z.strictObject({ bold: z.boolean().optional(), italic: z.boolean().optional(), strike: z.boolean().optional(), code: z.boolean().optional() }).optional()
const richPiece = z.union([
  z.strictObject({ type: z.literal('text'), text: z.string().min(1), style }),
  z.strictObject({ type: z.literal('link'), url: z.url(), text: z.string().optional(), style }),
  z.strictObject({ type: z.literal('emoji'), name: z.string().min(1) }),
  z.strictObject({ type: z.literal('user'), user_id: z.string() }),
])
const richSection = z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(richPiece) })
const rich = z.strictObject({
  type: z.literal('rich_text'), block_id: blockId, elements: z.array(z.union([
    richSection,
    z.strictObject({ type: z.literal('rich_text_list'), style: z.enum(['bullet', 'ordered']), indent: z.int().min(0).max(8).optional(), border: z.int().optional(), elements: z.array(richSection).min(1) }),
    z.strictObject({ type: z.literal('rich_text_quote'), elements: z.array(richPiece), border: z.int().optional() }),
    z.strictObject({ type: z.literal('rich_text_preformatted'), elements: z.array(richPiece), border: z.int().optional() }),
  ])).min(1),
})

const interactive = z.union([button, overflow, select, radio, checkboxes, date, time])
const section = z.strictObject({
  type: z.literal('section'), block_id: blockId, text: anyText(3_000).optional(), fields: z.array(anyText(2_000)).min(1).max(10).optional(), accessory: z.union([interactive, image]).optional(), expand: z.boolean().optional(),
}).refine(({ text, fields }) => text !== undefined || fields !== undefined, 'text or fields')
const imageBlock = z.strictObject({ type: z.literal('image'), block_id: blockId, image_url: z.url().max(3_000).optional(), slack_file: z.strictObject({ id: z.string() }).optional(), alt_text: z.string().min(1).max(2_000), title: plain(2_000).optional() })
  .refine((value) => (value.image_url === undefined) !== (value.slack_file === undefined), 'one of image_url and slack_file')

const common = [
  z.strictObject({ type: z.literal('header'), block_id: blockId, text: plain(150) }),
  section,
  z.strictObject({ type: z.literal('context'), block_id: blockId, elements: z.array(z.union([plain(3_000), mrkdwn(3_000), image])).min(1).max(10) }),
  z.strictObject({ type: z.literal('actions'), block_id: blockId, elements: z.array(interactive).min(1).max(25) }),
  z.strictObject({ type: z.literal('divider'), block_id: blockId }),
  imageBlock,
  rich,
] as const
const messageBlock = z.union([
  ...common,
  z.strictObject({ type: z.literal('context_actions'), block_id: blockId, elements: z.array(z.union([feedback, iconButton])).min(1).max(5) }),
  z.strictObject({ type: z.literal('markdown'), block_id: blockId, text: z.string().min(1).max(12_000) }),
])
const inputBlock = z.strictObject({
  type: z.literal('input'), block_id: blockId, label: plain(2_000), element: z.union([input, number, select, radio, checkboxes, date, time]), hint: plain(2_000).optional(), optional: z.boolean().optional(), dispatch_action: z.boolean().optional(),
})
const viewBlock = z.union([...common, inputBlock])

const title = plain(24)
const modal = z.strictObject({
  type: z.literal('modal'), title, submit: title.optional(), close: title.optional(), blocks: z.array(viewBlock).max(100), private_metadata: z.string().max(3_000).optional(), callback_id: z.string().min(1).max(255).optional(),
  clear_on_close: z.boolean().optional(), notify_on_close: z.boolean().optional(), external_id: z.string().max(255).optional(),
}).refine(({ blocks, submit }) => submit !== undefined || blocks.every(({ type }) => type !== 'input'), 'inputs need submit')
const home = z.strictObject({ type: z.literal('home'), blocks: z.array(viewBlock).max(100), private_metadata: z.string().max(3_000).optional(), callback_id: z.string().min(1).max(255).optional(), external_id: z.string().max(255).optional() })

/** The sum of what a person reads in the blocks of one message; above it real workspaces answer `msg_blocks_too_long` (observed about 13,200: bolt-js#2509). */
const blockTextMax = 13_200

/** What Slack would refuse about the blocks of a message, as its error code, or undefined. `files` are the pictures it can show. */
export function messageProblem(blocks: unknown, files: ReadonlySet<string>): { error: string; messages: string[] } | undefined {
  const parsed = z.array(messageBlock).max(50).safeParse(blocks)
  if (!parsed.success) return { error: 'invalid_blocks', messages: problemsOf(parsed.error) }
  const problems = doubles(parsed.data, files)
  if (problems.length > 0) return { error: 'invalid_blocks', messages: problems }
  return textLength(parsed.data) > blockTextMax ? { error: 'msg_blocks_too_long', messages: [] } : undefined
}

export function viewProblem(view: unknown, files: ReadonlySet<string>): { error: string; messages: string[] } | undefined {
  const kind = z.looseObject({ type: z.string() }).safeParse(view)
  const parsed = (kind.success && kind.data.type === 'home' ? home : modal).safeParse(view)
  if (!parsed.success) return { error: 'invalid_arguments', messages: problemsOf(parsed.error) }
  if (JSON.stringify(view).length > 250_000) return { error: 'view_too_large', messages: [] }
  const problems = doubles(parsed.data.blocks, files)
  return problems.length > 0 ? { error: 'invalid_arguments', messages: problems } : undefined
}

function problemsOf(error: z.ZodError): string[] {
  return z.prettifyError(error).split('\n').slice(0, 20)
}

/** What must be unique: block ids in a message, action ids in a block; and pictures that do not exist. */
function doubles(blocks: { type: string; block_id?: string | undefined }[], files: ReadonlySet<string>): string[] {
  const ids = blocks.flatMap(({ block_id: id }) => (id === undefined ? [] : [id]))
  return [
    ...twice(ids).map((id) => `block_id ${id} twice`),
    ...blocks.flatMap((block) => twice(valuesOf(block, 'action_id')).map((id) => `action_id ${id} twice in one block`)),
    ...valuesOf(blocks, 'slack_file').length === 0 ? [] : fileIds(blocks).filter((id) => !files.has(id)).map((id) => `invalid slack file ${id}`),
  ]
}

const twice = (values: unknown[]) => [...new Set(values.filter((value, index) => values.indexOf(value) !== index))].map(String)
const fileIds = (value: unknown) => valuesOf(value, 'slack_file').map((file) => String((file as { id: unknown }).id))

/** Every value under this name, however deep. */
function valuesOf(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => (key === name ? [inner] : []).concat(valuesOf(inner, name)))
}

function textLength(value: unknown): number {
  return valuesOf(value, 'text').reduce<number>((sum, text) => sum + (typeof text === 'string' ? text.length : 0), 0)
}

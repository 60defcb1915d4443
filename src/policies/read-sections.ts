import { parse } from 'yaml'
import { z } from 'zod'
import { DeskError } from '../salon/errors.ts'
import { readClientWording } from './client-wording.ts'
import { findHeadings } from './find-headings.ts'
import type { KnowledgeFile, Section } from './section.ts'
import { plainText } from './split-text.ts'

const text = z.union([z.string(), z.number()]).transform(String)
/** Other people's front matter has all kinds of fields: only these are ours, and one we cannot read is as good as absent. */
const frontMatterSchema = z.object({
  id: text.optional().catch(undefined),
  title: text.optional().catch(undefined),
  /** section id → its heading, for files whose headings should stay clean. */
  sections: z.record(z.string(), text).optional().catch(undefined),
  examples: z.record(z.string(), z.array(text)).optional().catch(undefined),
  /** section id → what clients may be told by text: one wording, or one a language. Unlike the rest it is never passed over: clients get these words. */
  clients: z.unknown().optional(),
})
type FrontMatter = z.infer<typeof frontMatterSchema>

/**
 * The sections of a set of policy files, in order. Ids are those written in the file (front matter or `{#id}`), else made from the headings.
 * Throws `invalid_input` with file and line for front matter that is not YAML, a file with no text in it, an id written twice, and examples or words for clients of a section that is not there.
 */
export function readSections({ files }: { files: KnowledgeFile[] }): Section[] {
  const drafts = files.flatMap(draftsOf)
  refuseTwins(drafts)
  const taken = new Set(drafts.filter(({ written }) => written).map(({ section }) => section.id))
  for (const { section, written } of drafts) {
    if (written !== undefined) continue
    section.id = freeId(section, taken)
    section.anchor = section.id.slice(section.id.indexOf('#') + 1)
    taken.add(section.id)
  }
  return drafts.map(({ section }) => section)
}

/** `written` is the namespaced id that a person gave; its absence means that the id may still be changed to be unique. */
type Draft = { section: Section; written?: string }

function draftsOf({ file, text: content }: KnowledgeFile): Draft[] {
  const lines = content.split('\n')
  const { matter, bodyFrom } = readFrontMatter({ file, lines })
  const headings = findHeadings({ lines, from: bodyFrom })
  const name = file.replace(/\.[^./]+$/, '')
  const first = headings[0]?.level === 1 && headings.filter(({ level }) => level === 1).length === 1 ? headings[0] : undefined
  const title = matter.title ?? first?.title ?? readable(name)
  const document = matter.id ?? name.split('/').map(slug).join('/')
  const clients = readClientWording({ file, given: matter.clients })
  const writtenIds = new Map(Object.entries(matter.sections ?? {}).map(([id, heading]) => [squash(heading), id]))

  const drafts: Draft[] = []
  const add = ({ at, from, to, heading, path, id }: { at: number; from: number; to: number; heading: string; path: string[]; id: string | undefined }) => {
    const body = lines.slice(from, to).join('\n').trim()
    if (!/[\p{L}\p{N}]/u.test(body)) return
    const anchor = id ?? slug(heading)
    const section: Section = { id: `${document}#${anchor}`, anchor, file, line: at + 1, title: heading, path, text: body, examples: matter.examples?.[anchor] ?? [] }
    const words = clients.get(anchor)
    if (words !== undefined) section.clients = words
    drafts.push(id === undefined ? { section } : { section, written: matter.id === undefined ? id : section.id })
  }
  const preambleTo = headings[0]?.line ?? lines.length
  const alone = headings.length === 0 ? parts({ lines, from: bodyFrom }) : []
  if (alone.length === 1) add({ ...(alone[0] as Part), heading: title, path: [], id: matter.id })
  else if (headings.length === 0) for (const part of alone) add({ ...part, heading: part.lead ?? firstWords(lines[part.from] as string), path: [title], id: undefined })
  else add({ at: firstText(lines, bodyFrom), from: bodyFrom, to: preambleTo, heading: title, path: [title], id: undefined })
  const above: { level: number; title: string }[] = []
  for (const [i, heading] of headings.entries()) {
    while (above.length > 0 && (above.at(-1)?.level ?? 0) >= heading.level) above.pop()
    const path = [title, ...above.map((other) => other.title)].filter((part, at, all) => all.indexOf(part) === at && part !== heading.title)
    add({ at: heading.line, from: heading.bodyFrom, to: headings[i + 1]?.line ?? lines.length, heading: heading.title, path, id: heading.id ?? writtenIds.get(squash(heading.title)) })
    above.push(heading)
  }
  if (drafts.length === 0) throw new DeskError('invalid_input', { message: `${file} has no text`, userMessage: `${file} has headings or front matter but no policy below them. Write the policy into it, or remove the file.`, detail: { file } })
  refuseStray({ file, what: 'example questions', ids: Object.keys(matter.examples ?? {}), drafts })
  refuseStray({ file, what: 'words for clients', ids: [...clients.keys()], drafts })
  return drafts
}

function readFrontMatter({ file, lines }: { file: string; lines: string[] }): { matter: FrontMatter; bodyFrom: number } {
  const end = lines[0]?.trim() === '---' ? lines.findIndex((line, i) => i > 0 && /^(---|\.\.\.)\s*$/.test(line)) : -1
  // A file may also just begin with a rule (---): without a closing one, or without "key: value", it is text.
  if (end < 0 || !lines.slice(1, end).some((line) => /^[\w-]+\s*:/.test(line))) return { matter: {}, bodyFrom: 0 }
  try {
    const matter = frontMatterSchema.safeParse(parse(lines.slice(1, end).join('\n')))
    return { matter: matter.success ? matter.data : {}, bodyFrom: end + 1 }
  } catch (cause) {
    const position = z.object({ linePos: z.array(z.object({ line: z.number() })) }).safeParse(cause)
    const line = (position.data?.linePos[0]?.line ?? 1) + 1
    throw new DeskError('invalid_input', { message: `${file}:${line} front matter is not YAML`, userMessage: `${file}, line ${line}: the part between the two --- lines cannot be read. Each line there must be "name: value"; put quotes around a value with a colon in it.`, detail: { file, line }, cause })
  }
}

type Part = { at: number; from: number; to: number; lead?: string }

/** A document without headings: each paragraph is a section, named by its lead ("Parking: ...") where it has one. */
function parts({ lines, from }: { lines: string[]; from: number }): Part[] {
  const found: Part[] = []
  let open: { at: number; from: number; to: number } | undefined
  for (let i = from; i <= lines.length; i++) {
    const line = lines[i]?.trim() ?? ''
    if (line !== '') open ??= { at: i, from: i, to: i }
    else if (open) {
      const lead = /^(?:[-*+]\s+)?(?:\*\*)?([\p{Lu}][^.:!?*]{2,50})(?:\*\*)?[:.!](?:\*\*)?\s+\S/u.exec((lines[open.from] as string).trim())?.[1]
      found.push({ ...open, to: i, ...(lead && lead.split(' ').length <= 6 ? { lead } : {}) })
      open = undefined
    }
  }
  return found
}

function refuseTwins(drafts: Draft[]): void {
  const first = new Map<string, Section>()
  for (const { section, written } of drafts) {
    const key = written
    if (key === undefined) continue
    const twin = first.get(key)
    if (twin) throw new DeskError('invalid_input', { message: `section id ${key} twice`, userMessage: `Two sections have the id "${key}": ${twin.file}, line ${twin.line} ("${twin.title}") and ${section.file}, line ${section.line} ("${section.title}"). Give one of them another id.`, detail: { file: section.file, line: section.line, other: twin.file, otherLine: twin.line } })
    first.set(key, section)
  }
}

function refuseStray({ file, what, ids, drafts }: { file: string; what: string; ids: string[]; drafts: Draft[] }): void {
  const known = new Set(drafts.map(({ section }) => section.anchor))
  const stray = ids.find((id) => !known.has(id))
  if (stray !== undefined) throw new DeskError('invalid_input', { message: `${file} has ${what} for an unknown section ${stray}`, userMessage: `${file} has ${what} for a section "${stray}", and no section with that id. Its sections are: ${[...known].join(', ')}.`, detail: { file, section: stray } })
}

function freeId(section: Section, taken: Set<string>): string {
  if (!taken.has(section.id)) return section.id
  const document = section.id.slice(0, section.id.indexOf('#'))
  const parent = section.path.at(-1)
  const nested = parent ? `${document}#${slug(parent)}/${section.anchor}` : section.id
  if (!taken.has(nested)) return nested
  for (let n = 2; ; n++) if (!taken.has(`${section.id}-${n}`)) return `${section.id}-${n}`
}

function slug(words: string): string {
  return words.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '').slice(0, 80) || 'section'
}

function squash(words: string): string {
  return words.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
}

function readable(name: string): string {
  const words = (name.split('/').at(-1) as string).replace(/[-_]+/g, ' ').replace(/^\d+\s+/, '').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function firstWords(line: string): string {
  const words = plainText(line).split(' ')
  return words.length <= 7 ? words.join(' ') : `${words.slice(0, 7).join(' ')}…`
}

function firstText(lines: string[], from: number): number {
  const offset = lines.slice(from).findIndex((line) => line.trim() !== '')
  return from + Math.max(offset, 0)
}

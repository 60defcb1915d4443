import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFolder } from '../../../src/policies/read-folder.ts'
import { readSections } from '../../../src/policies/read-sections.ts'
import { DeskError } from '../../../src/salon/errors.ts'

const sectionsOf = (text: string, file = 'house-rules.md') => readSections({ files: [{ file, text }] })
const outline = (text: string, file?: string) => sectionsOf(text, file).map(({ id, title, path }) => [id, title, path.join(' > ')])

describe('sections of a file', () => {
  test('front matter names the file, headings carry ids, examples belong to their section', () => {
    const [section] = sectionsOf('---\nid: late\ntitle: Late arrivals\nexamples:\n  grace:\n    - How late is too late?\n---\n# Late arrivals\n\n## Up to 15 minutes {#grace}\n\nStill seen.\n')
    expect(section).toEqual({ id: 'late#grace', anchor: 'grace', file: 'house-rules.md', line: 10, title: 'Up to 15 minutes', path: ['Late arrivals'], text: 'Still seen.', examples: ['How late is too late?'] })
  })

  test('ids may stand in the front matter beside their headings', () => {
    expect(outline('---\nid: fees\nsections:\n  late: Being late\n---\n## Being late\nFive dollars.\n')).toEqual([['fees#late', 'Being late', 'Fees']].map(([id, title]) => [id, title, 'House rules']))
  })

  test('without any of this, file name and headings do; nested headings keep their path and twins stay apart', () => {
    expect(outline('Hello.\n\n# House rules\n\nBe kind.\n\n## Hair\n\n### Fees\n\n$5\n\n## Nails\n\n### Fees\n\n$6\n')).toEqual([
      ['house-rules#house-rules', 'House rules', 'House rules'],
      ['house-rules#house-rules-2', 'House rules', ''],
      ['house-rules#fees', 'Fees', 'House rules > Hair'],
      ['house-rules#nails/fees', 'Fees', 'House rules > Nails'],
    ])
  })

  test('questions and answers, bold titles and underlined titles open sections', () => {
    expect(outline('**Parking**\n\nBehind the house.\n\nQ: Do you take cash?\nA: No.\n').map(([, title]) => title)).toEqual(['Parking', 'Do you take cash?'])
    expect(outline('Rules\n=====\n\nPets\n----\n\nNo pets.\n').map(([, title]) => title)).toEqual(['Pets'])
  })

  test('plain text: capitals, numbered titles, and paragraphs where there is no title at all', () => {
    expect(outline('PETS\nNo dogs.\n\nTIPS\nWelcome.\n', 'rules.txt').map(([id]) => id)).toEqual(['rules#pets', 'rules#tips'])
    expect(outline('1. Late arrivals\nAfter ten minutes we rebook you, sorry.\n\n2. Pets\nPlease leave them at home with a friend.\n', 'rules.txt').map(([, title]) => title)).toEqual(['Late arrivals', 'Pets'])
    expect(outline('Parking: behind the house, ring at the gate.\n\nWe are a quiet place and keep our voices low here.\n', 'rules.txt').map(([, title]) => title)).toEqual(['Parking', 'We are a quiet place and keep…'])
  })

  test('headings inside a code block are text', () => {
    expect(outline('## Ids\n\n```\n## Not a heading\n```\nThat was an example.\n').map(([, title]) => title)).toEqual(['Ids'])
  })

  test.each([
    ['twice in one file', [{ file: 'a.md', text: '## One {#x}\nText.\n\n## Two {#x}\nText.\n' }], 'a.md, line 1 ("One") and a.md, line 4 ("Two")'],
    ['in two files of one id', [{ file: 'a.md', text: '---\nid: p\n---\n## One {#x}\nText.\n' }, { file: 'b.md', text: '---\nid: p\n---\n## Two {#x}\nText.\n' }], 'a.md, line 4 ("One") and b.md, line 4 ("Two")'],
    ['in two files without ids', [{ file: 'a.md', text: '## One {#x}\nText.\n' }, { file: 'b.md', text: '## Two {#x}\nText.\n' }], 'a.md, line 1 ("One") and b.md, line 1 ("Two")'],
  ])('an id that is written %s is refused with both places', (_, files, places) => {
    expect(() => readSections({ files })).toThrow(DeskError)
    expect(wordsOf(() => readSections({ files }))).toContain(places)
  })

  test('front matter that cannot be read, text that is missing, and examples of no section are refused with what to do', () => {
    expect(wordsOf(() => sectionsOf('---\nid: [a\n---\n## A\nText.\n'))).toMatch(/house-rules\.md, line \d+: .*"name: value"/)
    expect(wordsOf(() => sectionsOf('---\nid: a\n---\n## Only a heading\n'))).toContain('house-rules.md has headings or front matter but no policy below them')
    expect(wordsOf(() => sectionsOf('---\nexamples:\n  gone:\n    - Why?\n---\n## A\nText.\n'))).toContain('no section with that id. Its sections are: a')
  })
})

describe('a folder', () => {
  let dir = ''
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'desk-knowledge-'))
  })
  afterAll(() => rm(dir, { recursive: true }))

  test('README, hidden files and other kinds of file are not policies; Windows line ends are fine', async () => {
    await Promise.all([writeFile(join(dir, 'pets.md'), '# Pets\r\n\r\nNo pets.\r\n'), writeFile(join(dir, 'README.md'), 'How to'), writeFile(join(dir, '.draft.md'), 'x'), writeFile(join(dir, 'logo.png'), Buffer.from([137, 80]))])
    expect(await readFolder({ dir })).toEqual([{ file: 'pets.md', text: '# Pets\n\nNo pets.\n' }])
  })

  test.each([
    ['empty', Buffer.from(' \n'), 'tips.md is empty'],
    ['an image', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00]), 'tips.md is not a text file'],
    ['binary that decodes', Buffer.from('a\u0000b'), 'tips.md is not a text file'],
  ])('a file that is %s is refused by name', async (_, bytes, words) => {
    await writeFile(join(dir, 'tips.md'), bytes)
    await expect(readFolder({ dir })).rejects.toMatchObject({ code: 'invalid_input', userMessage: expect.stringContaining(words) })
    await rm(join(dir, 'tips.md'))
  })

  test('a folder that is not there, or has no policies, says so', async () => {
    await expect(readFolder({ dir: join(dir, 'nowhere') })).rejects.toMatchObject({ code: 'not_found' })
    const bare = await mkdtemp(join(tmpdir(), 'desk-knowledge-'))
    await expect(readFolder({ dir: bare })).rejects.toMatchObject({ code: 'invalid_input', userMessage: expect.stringContaining('at least one .md or .txt file') })
    await rm(bare, { recursive: true })
  })
})

function wordsOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof DeskError) return error.userMessage
  }
  return ''
}

describe('words for clients', () => {
  test('one wording, or one a language, for sections that are there', () => {
    const [pets, late] = sectionsOf('---\nclients:\n  pets: "No pets, please."\n  late:\n    en: "Fifteen minutes\n      are fine."\n    es: "Quince minutos."\n---\n## Pets {#pets}\nStay out.\n\n## Late {#late}\nText.\n\n## Else\nText.\n')
    expect([pets?.clients, late?.clients]).toEqual([{ en: 'No pets, please.' }, { en: 'Fifteen minutes are fine.', es: 'Quince minutos.' }])
  })

  test('what clients would not understand or two SMS not hold is refused, by file and section', () => {
    expect(wordsOf(() => sectionsOf('---\nclients:\n  gone: "Words."\n---\n## A\nText.\n'))).toContain('words for clients for a section "gone", and no section with that id')
    expect(wordsOf(() => sectionsOf('---\nclients:\n  a:\n    es: "Hola."\n---\n## A\nText.\n'))).toContain('house-rules.md: the words for clients of "a" must be words')
    expect(wordsOf(() => sectionsOf(`---\nclients:\n  a: "${'long '.repeat(60)}"\n---\n## A\nText.\n`))).toContain('at most 270 characters')
    expect(wordsOf(() => sectionsOf('---\nclients: yes\n---\n## A\nText.\n'))).toContain('must be a list of "section id: words"')
  })
})

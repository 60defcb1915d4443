import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadPrompt } from '../../../src/prompts/load-prompt.ts'

let dir: string
beforeAll(async () => { dir = await mkdtemp(join(tmpdir(), 'prompts-')) })
afterAll(async () => { await rm(dir, { recursive: true, force: true }) })

const write = (id: string, text: string) => writeFile(join(dir, `${id}.md`), text)

describe('loadPrompt', () => {
  it('fills every placeholder, and never reads a value as one', async () => {
    await write('hello', '---\nid: hello\nversion: 3\ninputs: [name, what]\n---\nHi {{name}}, {{ what }} and {{name}}.\n')
    const prompt = await loadPrompt({ id: 'hello', dir })
    expect(prompt.version).toBe(3)
    expect(prompt.render({ name: '{{what}}', what: '$& $1' })).toBe('Hi {{what}}, $& $1 and {{what}}.')
  })

  it('refuses to be filled without an input', async () => {
    await write('hello', '---\nid: hello\nversion: 1\ninputs: [name]\n---\nHi {{name}}\n')
    const prompt = await loadPrompt({ id: 'hello', dir })
    expect(() => prompt.render({})).toThrow(expect.objectContaining({ code: 'corrupt', userMessage: expect.stringContaining('nothing was given for name') }))
  })

  it.each([
    ['no front matter', 'Hi', 'does not begin with front matter'],
    ['broken YAML', '---\nid: [\n---\nHi', 'needs id, version'],
    ['no version', '---\nid: bad\n---\nHi', 'needs id, version'],
    ['another id', '---\nid: other\nversion: 1\n---\nHi', 'says id "other"'],
    ['an undeclared placeholder', '---\nid: bad\nversion: 1\n---\nHi {{name}}', 'uses name without declaring'],
    ['an unused input', '---\nid: bad\nversion: 1\ninputs: [name]\n---\nHi', 'declares name and does not use it'],
  ])('says what is wrong: %s', async (_what, text, words) => {
    await write('bad', text)
    await expect(loadPrompt({ id: 'bad', dir })).rejects.toMatchObject({ code: 'corrupt', userMessage: expect.stringContaining(words) })
  })

  it('says which file is missing', async () => {
    await expect(loadPrompt({ id: 'nowhere', dir })).rejects.toMatchObject({ code: 'corrupt', userMessage: expect.stringContaining('prompts/nowhere.md') })
  })

  it('can load every prompt that is shipped', async () => {
    const files = (await readdir(join(import.meta.dirname, '../../../prompts'))).filter((name) => name.endsWith('.md'))
    const prompts = await Promise.all(files.map((name) => loadPrompt({ id: name.slice(0, -3) })))
    expect(prompts.length).toBeGreaterThanOrEqual(3)
    for (const prompt of prompts) expect(prompt.render(Object.fromEntries(prompt.inputs.map((input) => [input, 'x'])))).not.toContain('{{')
  })
})

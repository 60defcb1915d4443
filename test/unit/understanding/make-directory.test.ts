import { expect, test } from 'vitest'
import { makeDirectory } from '../../../src/understanding/make-directory.ts'
import { readWords } from '../../../src/understanding/words.ts'
import { directory, salon } from './salon-fixture.ts'

test('a client is found by every part and order of the name, among many', () => {
  const clientNames = Array.from({ length: 20_000 }, (_, i) => ({ id: `many-${i}`, firstName: `First${i % 200}`, lastName: `Last${i}` }))
  const { clients } = makeDirectory({ ...salon, clientNames: [...clientNames, { id: 'one', firstName: 'Anne Marie', lastName: "O'Neil-Brandt" }] })
  expect(clients.whole(['anne', 'marie', 'oneil', 'brandt'])).toEqual(['one'])
  expect(clients.whole(['marie', 'brandt'])).toEqual(['one'])
  expect(clients.part('oneil')).toEqual({ ids: ['one'], match: 'exact' })
  expect(clients.nearWhole('mari', 'brandtt')).toEqual(['one'])
  expect(clients.part('first7')?.ids).toHaveLength(100)
  expect(clients.initials('ao')).toEqual(['one'])
})

test('a typing error is forgiven only where the spelling fits nobody', () => {
  expect(directory.clients.nearPart('pirya')).toEqual(['client-3'])
  expect(directory.clients.nearPart('xyz')).toEqual([])
  expect(directory.clients.part('priya')).toEqual({ ids: ['client-3'], match: 'exact' })
})

test.each<[string, string[]]>([
  ['a balayge please', ['Balayage']],
  ['mens cut', ["Men's Haircut"]],
  ["a women's haircut", ["Women's Haircut"]],
  ['colour', ['Root Touch-Up', 'Full Highlights', 'Balayage', 'Gloss']],
  ['root touch up', ['Root Touch-Up']],
  ['her roots', ['Root Touch-Up']],
  ['a blow-dry', ['Blowout']],
  ['blow out', ['Blowout']],
  ['manicure', ['Manicure']],
  ['gel mani', ['Gel Manicure']],
  ['a massage', ['Deep Tissue Massage']],
  ['a consultation', ['Color Consultation']],
])('"%s" is %j', (text, names) => {
  const find = directory.services.find(text, readWords(text))[0]
  expect(salon.services.filter(({ id }) => find?.named.ids.includes(id)).map(({ name }) => name)).toEqual(names)
})

test('a service the salon does not have is read, and fits nothing', () => {
  expect(directory.services.find('a perm', readWords('a perm'))[0]?.named).toEqual({ text: 'perm', ids: [], match: 'none' })
})

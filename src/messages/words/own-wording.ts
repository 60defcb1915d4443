import type { Db, Trx } from '../../store/open-store.ts'
import { languages } from '../../salon/say-value.ts'
import { type OwnWording, wordingKey } from './templates.ts'

/** The salon's own words, the latest of each template and language; what was put back to the shipped ones is not in it. */
export async function readOwnWording(db: Db | Trx): Promise<OwnWording> {
  const rows = await db.selectFrom('text_templates').select(['template', 'language', 'body']).distinctOn(['template', 'language']).orderBy('template').orderBy('language').orderBy('id', 'desc').execute()
  return new Map(rows.flatMap(({ template, language: given, body }) => {
    const language = languages.find((one) => one === given)
    return body === null || language === undefined ? [] : [[wordingKey({ template, language }), body] as const]
  }))
}

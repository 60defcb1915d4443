import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DeskError } from '../salon/errors.ts'
import { writeOnce } from './write-once.ts'

/** Encrypts contact details at rest and finds them again without decrypting. */
export type Seal = {
  /** AES-256-GCM; `v1.` and base64url of nonce, tag and text. */
  seal(text: string): string
  /** Throws `DeskError('corrupt')` when it was sealed with another key or was changed. */
  open(sealed: string): string
  /** Keyed hash (HMAC-SHA-256, hex) of a normalised value: equal values have equal hashes, and only the key's holder can make one. */
  lookup(value: string): string
}

/** `key`: 32 bytes. Encryption and look-up use different keys derived from it (HKDF-SHA-256, RFC 5869). */
export function makeSeal(key: Buffer): Seal {
  // As key objects: made from bytes anew, a key costs several times what using it does.
  const derive = (purpose: string) => createSecretKey(Buffer.from(hkdfSync('sha256', key, 'front-desk-copilot', purpose, 32)))
  const encryptionKey = derive('contact details')
  const lookupKey = derive('contact look-up')
  return {
    seal(text) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', encryptionKey, nonce)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`
    },
    open(sealed) {
      try {
        if (!sealed.startsWith('v1.')) throw new TypeError('not a sealed value')
        const bytes = Buffer.from(sealed.slice(3), 'base64url')
        // Without the length a cut-off tag of four bytes would do, and one of 2^32 can be guessed.
        const decipher = createDecipheriv('aes-256-gcm', encryptionKey, bytes.subarray(0, 12), { authTagLength: 16 })
        decipher.setAuthTag(bytes.subarray(12, 28))
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
      } catch (cause) {
        throw new DeskError('corrupt', {
          message: 'a sealed value does not open with this key',
          userMessage: 'A contact detail cannot be decrypted: the key (DESK_KEY, or the file "key" in the desk\'s folder) is not the one it was saved with. Put the right key back.',
          cause,
        })
      }
    },
    lookup: (value) => createHmac('sha256', lookupKey).update(value).digest('hex'),
  }
}

/** The desk's key: from the setting (64 hex digits), or the file `home/key`, made on first use and readable by its owner only. */
export async function loadKey({ home, key }: { home: string; key: string | undefined }): Promise<Buffer> {
  if (key !== undefined) return Buffer.from(key, 'hex')
  const file = join(home, 'key')
  await mkdir(home, { recursive: true })
  await writeOnce(file, randomBytes(32).toString('hex'))
  const hex = (await readFile(file, 'utf8')).trim()
  if (!/^[0-9a-f]{64}$/i.test(hex)) {
    throw new DeskError('corrupt', { message: 'key file is not 64 hex digits', userMessage: `${file} is damaged. It must hold the 64 hexadecimal digits it was made with; restore it from a backup.` })
  }
  return Buffer.from(hex, 'hex')
}

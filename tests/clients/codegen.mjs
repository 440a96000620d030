// Writes TypeScript types and documents (graphql-codegen) for the operations of a file:
// node codegen.mjs SCHEMA OUTPUT OPERATIONS
import { readFile, writeFile } from 'node:fs/promises';
import { codegen } from '@graphql-codegen/core';
import * as documents from '@graphql-codegen/typed-document-node';
import * as types from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';

const SCALARS = { BigInt: 'number', Date: 'string', DateTime: 'string', Decimal: 'string', JSON: 'unknown', Upload: 'Blob' };
const [schema, filename, operations] = process.argv.slice(2);
const read = async (path) => parse(await readFile(path, 'utf8'));

const generated = await codegen({
  filename,
  schema: await read(schema),
  documents: [{ location: operations, document: await read(operations) }],
  config: { scalars: SCALARS, strictScalars: true, useTypeImports: true },
  plugins: [{ types: {} }, { documents: {} }],
  pluginMap: { types, documents },
});
await writeFile(filename, generated);

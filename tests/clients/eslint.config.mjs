// What graphql-eslint says of the graph's SDL. `make check` runs it, from the project's folder:
// tests/clients/node_modules/.bin/eslint --config tests/clients/eslint.config.mjs schema/schema.graphql
import graphql from '@graphql-eslint/eslint-plugin';

const { configs, parser } = graphql;
const EVERYTHING = { types: true, rootField: true, FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true };

export default [
  {
    files: ['schema/schema.graphql'],
    languageOptions: { parser, parserOptions: { graphQLConfig: { schema: 'schema/schema.graphql' } } },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...configs['flat/schema-recommended'].rules,
      ...configs['flat/schema-relay'].rules,
      '@graphql-eslint/no-scalar-result-type-on-mutation': 'error',
      '@graphql-eslint/require-description': ['error', EVERYTHING],
      // Some connections are read forward only.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      // Short lists with a bound are plain lists, and rows that no client refers to are no nodes.
      '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false }],
      // Values, payloads and connections have no identity; what has one implements Node.
      '@graphql-eslint/strict-id-in-types': 'off',
      // `User.username` is a word.
      '@graphql-eslint/no-typename-prefix': 'off',
    },
  },
];

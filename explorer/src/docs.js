// The REST documentation: Swagger UI over /openapi.json, with the GraphQL operation behind each call.
import SwaggerUIBundle from 'swagger-ui-dist/swagger-ui-bundle.js';
import 'swagger-ui-dist/swagger-ui.css';
import './docs.css';

/** Shows `x-graphql-operation` above the parameters of a call, which Swagger UI renders for every call. */
const graphqlOperation = ({ React: { createElement: h, Fragment } }) => ({
  wrapComponents: {
    parameters: (Parameters) => (props) => {
      const behind = props.operation?.get('x-graphql-operation')?.toJS();
      return h(Fragment, null, behind && h(Behind, { behind, h }), h(Parameters, props));
    },
  },
});

function Behind({ behind: { name, type, document, variables, explorer }, h }) {
  const hasVariables = Object.keys(variables).length > 0;
  return h('section', { className: 'cg-graphql' },
    h('header', null,
      h('h4', null, 'GraphQL operation behind it'),
      h('span', null, `${type} ${name}`),
      h('a', { className: 'cg-open', href: explorer, target: '_blank', rel: 'noopener' }, 'Open in GraphiQL'),
    ),
    h('div', { className: 'cg-sources' },
      h(Source, { h, label: 'Operation' }, document.trim()),
      hasVariables && h(Source, { h, label: 'Example variables' }, JSON.stringify(variables, null, 2)),
    ),
  );
}

/** It scrolls, so that the keyboard has to reach it. */
function Source({ h, label, children }) {
  return h('pre', { 'aria-label': label, role: 'region', tabIndex: 0 }, h('code', null, children));
}

// Swagger UI is dark below this class.
const dark = window.matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();

SwaggerUIBundle({
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  docExpansion: 'list',
  dom_id: '#docs',
  filter: true,
  persistAuthorization: true,
  plugins: [graphqlOperation],
  presets: [SwaggerUIBundle.presets.apis],
  url: 'openapi.json',
});

/** Whether these errors say that the token is no longer valid. */
export function isRefused(errors) {
  return Array.isArray(errors) && errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
}

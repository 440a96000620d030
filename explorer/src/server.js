// What the server tells the page about itself: whether everybody may see the schema, and whom visitors may sign in as.
const NOTHING = { isSchemaOpen: true, takesWechatNames: false, visitors: [] };

export const server = { ...NOTHING, ...JSON.parse(document.querySelector('meta[name="careergraph"]')?.content || '{}') };

/** What a role is called: `attendance_staff` is "Attendance staff". */
export function titleOf(role) {
  const words = role.replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Whether the page is so narrow that a pane of the side bar covers the editor, as explorer.css has it. */
export const isNarrow = () => window.matchMedia('(max-width: 720px)').matches;

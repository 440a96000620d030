// The editor's workers, as files of our own: the page's policy allows no worker made from a blob. The build fills in WORKER_FILES.
globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    return new Worker(new URL(WORKER_FILES[label] ?? WORKER_FILES.editor, import.meta.url), { name: label });
  },
};

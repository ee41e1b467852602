/** Folder of the archive that stands for that of the config file: commands start in it. */
export const PIPELINE_FOLDER = 'pipeline';

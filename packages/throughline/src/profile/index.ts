export { type Profile, profileBuild } from './profile-build.ts';
export { profileHtml } from './profile-html.ts';

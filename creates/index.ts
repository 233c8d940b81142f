export { default as add_tags } from './add_tags.ts';
export { default as complete_task } from './complete_task.ts';
export { default as create_note } from './create_note.ts';
export { default as create_or_update_contact } from './create_or_update_contact.ts';
export { default as create_task } from './create_task.ts';

export { default as new_contact } from './new_contact.ts';
export { default as new_note } from './new_note.ts';
export { default as new_task } from './new_task.ts';
export { default as updated_contact } from './updated_contact.ts';

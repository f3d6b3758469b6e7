CREATE TABLE `education` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`candidate_id` text NOT NULL,
	`school_name` text NOT NULL,
	`degree` text,
	`field` text,
	`completion_date` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `education_of_candidate` ON `education` (`candidate_id`,`id`);--> statement-breakpoint
CREATE TABLE `experience` (
	`number` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`organization_id` text NOT NULL,
	`candidate_id` text NOT NULL,
	`occupation` text NOT NULL,
	`employer` text,
	`employer_folded` text,
	`duration` text,
	`worked_from` text,
	`worked_to` text,
	`description` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `experience_id_unique` ON `experience` (`id`);--> statement-breakpoint
CREATE INDEX `experience_of_candidate` ON `experience` (`candidate_id`,`id`);--> statement-breakpoint
CREATE INDEX `experience_by_employer` ON `experience` (`organization_id`,`employer_folded`,`candidate_id`) WHERE employer_folded is not null;--> statement-breakpoint
CREATE TABLE `skill` (
	`number` integer PRIMARY KEY NOT NULL,
	`candidate_id` text NOT NULL,
	`name_folded` text NOT NULL,
	`organization_id` text NOT NULL,
	`name` text NOT NULL,
	`level` text NOT NULL,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `skill_once` ON `skill` (`candidate_id`,`name_folded`);--> statement-breakpoint
CREATE INDEX `skill_by_name` ON `skill` (`organization_id`,`name_folded`,`candidate_id`,`level`);--> statement-breakpoint
CREATE TABLE `change` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`organization_id` text NOT NULL,
	`project_id` text,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `change_of_subject` ON `change` (`subject`);--> statement-breakpoint
CREATE INDEX `change_in_order` ON `change` (`organization_id`,`sequence`);--> statement-breakpoint
CREATE TABLE `contact` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`name` text NOT NULL,
	`name_folded` text NOT NULL,
	`contact_type` text NOT NULL,
	`primary_email` text,
	`primary_phone` text,
	`notes` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `contact_by_created` ON `contact` (`organization_id`,`id`,`name_folded`,`primary_email`,`primary_phone`);--> statement-breakpoint
CREATE INDEX `contact_by_name` ON `contact` (`organization_id`,`name_folded`,`id`,`primary_email`,`primary_phone`);--> statement-breakpoint
CREATE INDEX `contact_of_type_by_created` ON `contact` (`organization_id`,`contact_type`,`id`,`name_folded`,`primary_email`,`primary_phone`);--> statement-breakpoint
CREATE INDEX `contact_of_type_by_name` ON `contact` (`organization_id`,`contact_type`,`name_folded`,`id`,`primary_email`,`primary_phone`);--> statement-breakpoint
CREATE UNIQUE INDEX `contact_once` ON `contact` (`organization_id`,`primary_email`) WHERE primary_email is not null;--> statement-breakpoint
CREATE TABLE `contact_person` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`first_name` text NOT NULL,
	`last_name` text NOT NULL,
	`email` text,
	`phone` text,
	`position` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`contact_id`) REFERENCES `contact`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `person_of_contact` ON `contact_person` (`contact_id`,`id`);--> statement-breakpoint
CREATE TABLE `document` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`candidate_id` text,
	`member_id` text NOT NULL,
	`file_name` text NOT NULL,
	`kind` text NOT NULL,
	`label` text,
	`type` text NOT NULL,
	`bytes` integer NOT NULL,
	`status` text NOT NULL,
	`key` text,
	`scan` text NOT NULL,
	`threat` text,
	`scan_at` integer,
	`scan_tries` integer NOT NULL,
	`request_key` text,
	`created_at` integer NOT NULL,
	`upload_until` integer NOT NULL,
	`arrived_at` integer,
	`forget_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `document_of_candidate` ON `document` (`candidate_id`,`id`);--> statement-breakpoint
CREATE INDEX `document_to_scan` ON `document` (`scan_at`,`id`) WHERE scan_at is not null;--> statement-breakpoint
CREATE INDEX `document_forgettable` ON `document` (`forget_at`,`id`) WHERE forget_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `document_request_key` ON `document` (`organization_id`,`request_key`) WHERE request_key is not null;--> statement-breakpoint
CREATE TABLE `document_event` (
	`candidate_id` text NOT NULL,
	`id` text NOT NULL,
	`organization_id` text NOT NULL,
	`document_id` text NOT NULL,
	`kind` text NOT NULL,
	`verb` text NOT NULL,
	`member_id` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`candidate_id`, `id`),
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `evaluation_note` (
	`interview_id` text NOT NULL,
	`member_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`about` text NOT NULL,
	`text` text NOT NULL,
	`noted_at` integer NOT NULL,
	PRIMARY KEY(`interview_id`, `member_id`, `about`),
	FOREIGN KEY (`interview_id`) REFERENCES `interview`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE TABLE `rating` (
	`interview_id` text NOT NULL,
	`member_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`step_id` text NOT NULL,
	`criterion_id` text NOT NULL,
	`score` integer NOT NULL,
	`scale_max` integer NOT NULL,
	`rated_at` integer NOT NULL,
	PRIMARY KEY(`interview_id`, `member_id`, `step_id`, `criterion_id`),
	FOREIGN KEY (`interview_id`) REFERENCES `interview`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`criterion_id`) REFERENCES `criterion`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `rating_of_criterion` ON `rating` (`criterion_id`);--> statement-breakpoint
CREATE TABLE `veto` (
	`interview_id` text NOT NULL,
	`member_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`reason` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`interview_id`, `member_id`),
	FOREIGN KEY (`interview_id`) REFERENCES `interview`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE TABLE `extension` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`project_id` text NOT NULL,
	`started_by` text NOT NULL,
	`by` text NOT NULL,
	`why` text,
	`status` text NOT NULL,
	`ended_why` text,
	`open_count` integer NOT NULL,
	`moved` integer NOT NULL,
	`left_alone` integer NOT NULL,
	`done_created_at` integer,
	`done_id` text,
	`leased_until` integer,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`started_by`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `extension_running` ON `extension` (`project_id`) WHERE status = 'running';--> statement-breakpoint
CREATE INDEX `extension_waiting` ON `extension` (`leased_until`,`id`) WHERE status = 'running';--> statement-breakpoint
CREATE INDEX `extension_of_project` ON `extension` (`project_id`,`id`);--> statement-breakpoint
CREATE TABLE `feedback` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`meeting_id` text NOT NULL,
	`candidate_id` text NOT NULL,
	`member_id` text NOT NULL,
	`description` text NOT NULL,
	`rating` real NOT NULL,
	`verdict` text NOT NULL,
	`criteria` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`edited_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`meeting_id`) REFERENCES `meeting`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `feedback_once` ON `feedback` (`meeting_id`,`member_id`);--> statement-breakpoint
CREATE INDEX `feedback_of_meeting` ON `feedback` (`meeting_id`,`id`);--> statement-breakpoint
CREATE INDEX `feedback_of_candidate` ON `feedback` (`candidate_id`,`id`);--> statement-breakpoint
CREATE TABLE `feedback_event` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`meeting_id` text NOT NULL,
	`feedback_id` text NOT NULL,
	`member_id` text NOT NULL,
	`verb` text NOT NULL,
	`actor_id` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`meeting_id`) REFERENCES `meeting`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`actor_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `feedback_event_order` ON `feedback_event` (`meeting_id`,`id`);--> statement-breakpoint
CREATE TABLE `candidate_field` (
	`candidate_id` text NOT NULL,
	`field_id` text NOT NULL,
	`position` integer NOT NULL,
	`organization_id` text NOT NULL,
	`text_value` text,
	`number_value` real,
	PRIMARY KEY(`candidate_id`, `field_id`, `position`),
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`field_id`) REFERENCES `field`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `field_by_text` ON `candidate_field` (`field_id`,`text_value`,`candidate_id`) WHERE text_value is not null;--> statement-breakpoint
CREATE INDEX `field_by_number` ON `candidate_field` (`field_id`,`number_value`,`candidate_id`) WHERE number_value is not null;--> statement-breakpoint
CREATE TABLE `field` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`is_required` integer NOT NULL,
	`choices` text NOT NULL,
	`position` integer NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`archived_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `field_key` ON `field` (`organization_id`,`key`);--> statement-breakpoint
CREATE INDEX `field_in_order` ON `field` (`organization_id`,`position`,`id`);--> statement-breakpoint
CREATE TABLE `attempt` (
	`key` text PRIMARY KEY NOT NULL,
	`count` integer NOT NULL,
	`window_at` integer NOT NULL,
	`expires_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `attempt_by_expiry` ON `attempt` (`expires_at`);--> statement-breakpoint
CREATE TABLE `link` (
	`id` text PRIMARY KEY NOT NULL,
	`purpose` text NOT NULL,
	`hash` text NOT NULL,
	`email` text NOT NULL,
	`user_id` text,
	`organization_id` text,
	`candidate_id` text,
	`interview_id` text,
	`refcheck_id` text,
	`offer_id` text,
	`reference_id` text,
	`invite_id` text,
	`details` text,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`used_at` integer,
	`revoked_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `link_hash_unique` ON `link` (`hash`);--> statement-breakpoint
CREATE INDEX `link_of_interview` ON `link` (`interview_id`,`id`) WHERE interview_id is not null;--> statement-breakpoint
CREATE INDEX `link_of_refcheck` ON `link` (`refcheck_id`) WHERE refcheck_id is not null;--> statement-breakpoint
CREATE INDEX `link_of_offer` ON `link` (`offer_id`) WHERE offer_id is not null;--> statement-breakpoint
CREATE INDEX `link_of_reference` ON `link` (`reference_id`) WHERE reference_id is not null;--> statement-breakpoint
CREATE INDEX `link_of_invite` ON `link` (`invite_id`) WHERE invite_id is not null;--> statement-breakpoint
CREATE INDEX `link_of_user` ON `link` (`user_id`) WHERE user_id is not null;--> statement-breakpoint
CREATE INDEX `link_of_candidate` ON `link` (`candidate_id`) WHERE candidate_id is not null;--> statement-breakpoint
CREATE INDEX `link_of_newcomer` ON `link` (`email`,`expires_at`) WHERE details is not null;--> statement-breakpoint
CREATE INDEX `link_of_lapsed_newcomer` ON `link` (`expires_at`) WHERE details is not null;--> statement-breakpoint
CREATE INDEX `link_by_expiry` ON `link` (`expires_at`) WHERE expires_at is not null;--> statement-breakpoint
CREATE TABLE `session` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text,
	`organization_id` text,
	`candidate_id` text,
	`interview_id` text,
	`refcheck_id` text,
	`offer_id` text,
	`reference_id` text,
	`link_id` text,
	`device` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `session_of_user` ON `session` (`user_id`,`id`) WHERE user_id is not null;--> statement-breakpoint
CREATE INDEX `session_of_candidate` ON `session` (`candidate_id`,`id`) WHERE candidate_id is not null;--> statement-breakpoint
CREATE INDEX `session_of_reference` ON `session` (`reference_id`,`id`) WHERE reference_id is not null;--> statement-breakpoint
CREATE INDEX `session_by_expiry` ON `session` (`expires_at`);--> statement-breakpoint
CREATE TABLE `user` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`first_name` text NOT NULL,
	`last_name` text NOT NULL,
	`first_name_folded` text NOT NULL,
	`last_name_folded` text NOT NULL,
	`language` text NOT NULL,
	`time_zone` text NOT NULL,
	`password_hash` text,
	`created_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `user_email_unique` ON `user` (`email`);--> statement-breakpoint
CREATE TABLE `import_job` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`upload_id` text NOT NULL,
	`is_rehearsal` integer NOT NULL,
	`started_by` text NOT NULL,
	`started_as` text NOT NULL,
	`mapping` text NOT NULL,
	`on_known` text NOT NULL,
	`status` text NOT NULL,
	`ended_why` text,
	`done_bytes` integer NOT NULL,
	`done_rows` integer NOT NULL,
	`created` integer DEFAULT 0 NOT NULL,
	`updated` integer DEFAULT 0 NOT NULL,
	`unchanged` integer DEFAULT 0 NOT NULL,
	`skipped` integer DEFAULT 0 NOT NULL,
	`repeated` integer DEFAULT 0 NOT NULL,
	`invalid` integer DEFAULT 0 NOT NULL,
	`leased_until` integer,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`upload_id`) REFERENCES `upload`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`started_by`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `import_running` ON `import_job` (`upload_id`) WHERE status = 'running';--> statement-breakpoint
CREATE INDEX `import_waiting` ON `import_job` (`leased_until`,`id`) WHERE status = 'running';--> statement-breakpoint
CREATE INDEX `import_of_organization` ON `import_job` (`organization_id`,`id`);--> statement-breakpoint
CREATE INDEX `import_of_upload` ON `import_job` (`upload_id`,`id`);--> statement-breakpoint
CREATE TABLE `import_key` (
	`import_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`key` text NOT NULL,
	`row` integer NOT NULL,
	PRIMARY KEY(`import_id`, `key`),
	FOREIGN KEY (`import_id`) REFERENCES `import_job`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE TABLE `import_row` (
	`import_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`row` integer NOT NULL,
	`outcome` text NOT NULL,
	`subject_id` text,
	`known_by` text,
	`earlier_row` integer,
	`problems` text NOT NULL,
	PRIMARY KEY(`import_id`, `row`),
	FOREIGN KEY (`import_id`) REFERENCES `import_job`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `import_row_by_outcome` ON `import_row` (`import_id`,`outcome`,`row`);--> statement-breakpoint
CREATE TABLE `upload` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`subject` text NOT NULL,
	`name` text NOT NULL,
	`sent_by` text NOT NULL,
	`status` text NOT NULL,
	`key` text,
	`bytes` integer NOT NULL,
	`row_count` integer NOT NULL,
	`columns` text NOT NULL,
	`dialect` text,
	`head_bytes` integer NOT NULL,
	`head_rows` integer NOT NULL,
	`created_at` integer NOT NULL,
	`forget_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`sent_by`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `upload_forgettable` ON `upload` (`forget_at`,`id`) WHERE forget_at is not null;--> statement-breakpoint
CREATE TABLE `candidate` (
	`number` integer PRIMARY KEY NOT NULL,
	`is_late` integer DEFAULT false NOT NULL,
	`id` text NOT NULL,
	`organization_id` text NOT NULL,
	`email` text NOT NULL,
	`email_status` text DEFAULT 'ok' NOT NULL,
	`email_dead_since` integer,
	`email_corrected_at` integer,
	`first_name` text NOT NULL,
	`last_name` text NOT NULL,
	`phone` text,
	`language` text NOT NULL,
	`time_zone` text NOT NULL,
	`password_hash` text,
	`is_let_in` integer DEFAULT false NOT NULL,
	`is_kept` integer DEFAULT false NOT NULL,
	`status` text DEFAULT 'APPLIED' NOT NULL,
	`previous_status` text,
	`version` integer DEFAULT 0 NOT NULL,
	`applied_date` text,
	`reject_date` text,
	`hired_date` text,
	`hand_rating` real,
	`feedback_rating` real,
	`rating` real GENERATED ALWAYS AS (coalesce(hand_rating, feedback_rating)) VIRTUAL,
	`source` text,
	`tags` text DEFAULT '[]' NOT NULL,
	`external_ids` text DEFAULT '[]' NOT NULL,
	`custom_fields` text DEFAULT '{}' NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL,
	`request_key` text,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `candidate_id_unique` ON `candidate` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `candidate_once` ON `candidate` (`organization_id`,`email`);--> statement-breakpoint
CREATE UNIQUE INDEX `candidate_request` ON `candidate` (`organization_id`,`request_key`) WHERE request_key is not null;--> statement-breakpoint
CREATE INDEX `candidate_by_phone` ON `candidate` (`organization_id`,`phone`,`id`) WHERE phone is not null;--> statement-breakpoint
CREATE INDEX `candidate_of_organization` ON `candidate` (`organization_id`,`id`,`name`,`email`,`phone`);--> statement-breakpoint
CREATE INDEX `candidate_in_order` ON `candidate` (`organization_id`,`id`) WHERE is_late = 0;--> statement-breakpoint
CREATE INDEX `candidate_by_status` ON `candidate` (`organization_id`,`status`,`id`,`name`,`email`,`phone`);--> statement-breakpoint
CREATE INDEX `candidate_by_source` ON `candidate` (`organization_id`,`source`,`id`) WHERE source is not null;--> statement-breakpoint
CREATE TABLE `interview` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`project_id` text NOT NULL,
	`candidate_id` text NOT NULL,
	`made_under` text DEFAULT '' NOT NULL,
	`revision` integer NOT NULL,
	`status` text NOT NULL,
	`previous_status` text,
	`version` integer NOT NULL,
	`deadline_at` integer,
	`deadline_order` integer GENERATED ALWAYS AS (coalesce(deadline_at, 253402300799999)) VIRTUAL NOT NULL,
	`opens_at` integer,
	`invite_at` integer,
	`due_at` integer,
	`due_verb` text,
	`remind_at` integer,
	`remind_hours` integer,
	`armed_for` integer,
	`started_at` integer,
	`finished_at` integer,
	`seen_at` integer,
	`rules` text,
	`accommodations` text DEFAULT '{"timeMultiplier":1,"extraTakes":0,"extraGraceSeconds":0}' NOT NULL,
	`run` integer NOT NULL,
	`open_position` integer,
	`opened_at` integer,
	`labels` text NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`created_at` integer NOT NULL,
	`invited_by` text,
	`request_key` text,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `interview_by_created` ON `interview` (`organization_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `interview_by_deadline` ON `interview` (`organization_id`,`deadline_order`,`id`);--> statement-breakpoint
CREATE INDEX `interview_by_name` ON `interview` (`organization_id`,`name`,`id`,`email`);--> statement-breakpoint
CREATE INDEX `interview_by_status` ON `interview` (`organization_id`,`status`,`deadline_order`,`id`);--> statement-breakpoint
CREATE INDEX `interview_of_project` ON `interview` (`project_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `interview_open` ON `interview` (`project_id`,`created_at`,`id`) WHERE status in ('invited', 'confirmed', 'interviewing');--> statement-breakpoint
CREATE UNIQUE INDEX `interview_once` ON `interview` (`project_id`,`candidate_id`,`made_under`);--> statement-breakpoint
CREATE UNIQUE INDEX `interview_request` ON `interview` (`organization_id`,`request_key`) WHERE request_key is not null;--> statement-breakpoint
CREATE INDEX `interview_of_candidate` ON `interview` (`candidate_id`,`id`);--> statement-breakpoint
CREATE INDEX `interview_wake` ON `interview` (case when invite_at is not null then invite_at when remind_at is not null then remind_at else due_at end,`id`) WHERE (due_at is not null or invite_at is not null);--> statement-breakpoint
CREATE INDEX `interview_unarmed` ON `interview` (`id`) WHERE (due_at is not null or invite_at is not null) and armed_for is not case when invite_at is not null then invite_at when remind_at is not null then remind_at else due_at end;--> statement-breakpoint
CREATE TABLE `interview_answer` (
	`interview_id` text NOT NULL,
	`run` integer NOT NULL,
	`position` integer NOT NULL,
	`step_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`answer` text NOT NULL,
	`takes` integer NOT NULL,
	`points` integer,
	`saved_at` integer NOT NULL,
	PRIMARY KEY(`interview_id`, `run`, `position`),
	FOREIGN KEY (`interview_id`) REFERENCES `interview`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE TABLE `interview_event` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`interview_id` text NOT NULL,
	`version` integer NOT NULL,
	`verb` text NOT NULL,
	`from_status` text,
	`to_status` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text,
	`why` text,
	`deadline_at` integer,
	`accommodations` text,
	`at` integer NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`interview_id`) REFERENCES `interview`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `interview_event_order` ON `interview_event` (`interview_id`,`version`);--> statement-breakpoint
CREATE TABLE `interview_label` (
	`organization_id` text NOT NULL,
	`label` text NOT NULL,
	`interview_id` text NOT NULL,
	PRIMARY KEY(`organization_id`, `label`, `interview_id`),
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`interview_id`) REFERENCES `interview`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `label_of_interview` ON `interview_label` (`interview_id`);--> statement-breakpoint
CREATE TABLE `letter` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text,
	`interview_id` text,
	`refcheck_id` text,
	`reference_id` text,
	`meeting_id` text,
	`offer_id` text,
	`candidate_id` text,
	`link_id` text,
	`urgency` integer NOT NULL,
	`to_email` text NOT NULL,
	`language` text NOT NULL,
	`time_zone` text NOT NULL,
	`sender_name` text NOT NULL,
	`content` text NOT NULL,
	`sealed_token` text,
	`status` text NOT NULL,
	`attempts` integer NOT NULL,
	`next_attempt_at` integer,
	`leased_until` integer,
	`last_error` text,
	`created_at` integer NOT NULL,
	`delivered_at` integer,
	`failed_at` integer,
	`arrived_at` integer,
	`bounce` text,
	`bounce_type` text,
	`bounced_at` integer
) STRICT;
--> statement-breakpoint
CREATE INDEX `letter_due` ON `letter` (`urgency`,`next_attempt_at`,`id`) WHERE status = 'waiting';--> statement-breakpoint
CREATE INDEX `letter_failed` ON `letter` (`organization_id`,`id`) WHERE status = 'failed';--> statement-breakpoint
CREATE INDEX `letter_bounced` ON `letter` (`organization_id`,`id`) WHERE status = 'bounced';--> statement-breakpoint
CREATE INDEX `letter_of_organization` ON `letter` (`organization_id`,`id`) WHERE organization_id is not null;--> statement-breakpoint
CREATE INDEX `letter_of_crowd` ON `letter` (`organization_id`,`id`) WHERE content ->> '$.kind' = 'interviews_expired';--> statement-breakpoint
CREATE INDEX `letter_of_interview` ON `letter` (`interview_id`,`id`) WHERE interview_id is not null;--> statement-breakpoint
CREATE INDEX `letter_of_refcheck` ON `letter` (`refcheck_id`,`id`) WHERE refcheck_id is not null;--> statement-breakpoint
CREATE INDEX `letter_of_meeting` ON `letter` (`meeting_id`,`id`) WHERE meeting_id is not null;--> statement-breakpoint
CREATE INDEX `letter_of_candidate` ON `letter` (`candidate_id`) WHERE candidate_id is not null and interview_id is null;--> statement-breakpoint
CREATE TABLE `mailbox_letter` (
	`id` text PRIMARY KEY NOT NULL,
	`from_name` text NOT NULL,
	`to_email` text NOT NULL,
	`subject` text NOT NULL,
	`html` text NOT NULL,
	`text` text NOT NULL,
	`attachments` text NOT NULL,
	`received_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `tally` (
	`name` text PRIMARY KEY NOT NULL,
	`count` integer NOT NULL,
	`last_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `meeting` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`candidate_id` text NOT NULL,
	`title` text NOT NULL,
	`description` text NOT NULL,
	`starts_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`time_zone` text NOT NULL,
	`location` text,
	`url` text,
	`reminder_hours` text NOT NULL,
	`sequence` integer NOT NULL,
	`version` integer NOT NULL,
	`rating` real,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`canceled_at` integer,
	`request_key` text,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `meeting_request` ON `meeting` (`organization_id`,`request_key`) WHERE request_key is not null;--> statement-breakpoint
CREATE INDEX `meeting_of_organization` ON `meeting` (`organization_id`,`starts_at`,`id`);--> statement-breakpoint
CREATE INDEX `meeting_of_candidate` ON `meeting` (`candidate_id`,`starts_at`,`id`);--> statement-breakpoint
CREATE TABLE `meeting_event` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`meeting_id` text NOT NULL,
	`version` integer NOT NULL,
	`verb` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text,
	`starts_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`why` text,
	`at` integer NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`meeting_id`) REFERENCES `meeting`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `meeting_event_order` ON `meeting_event` (`meeting_id`,`version`);--> statement-breakpoint
CREATE TABLE `meeting_interviewer` (
	`meeting_id` text NOT NULL,
	`member_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`starts_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	PRIMARY KEY(`meeting_id`, `member_id`),
	FOREIGN KEY (`meeting_id`) REFERENCES `meeting`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `meeting_of_member` ON `meeting_interviewer` (`member_id`,`starts_at`,`meeting_id`);--> statement-breakpoint
CREATE TABLE `former_candidate` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`candidate_id` text NOT NULL,
	`email` text NOT NULL,
	`first_name` text NOT NULL,
	`last_name` text NOT NULL,
	`phone` text,
	`source` text,
	`status` text NOT NULL,
	`applied_date` text,
	`reject_date` text,
	`hired_date` text,
	`created_at` integer NOT NULL,
	`merged_by` text NOT NULL,
	`merged_at` integer NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`merged_by`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `former_of_candidate` ON `former_candidate` (`candidate_id`,`id`);--> statement-breakpoint
CREATE INDEX `former_by_email` ON `former_candidate` (`organization_id`,`email`);--> statement-breakpoint
CREATE TABLE `note` (
	`number` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`organization_id` text NOT NULL,
	`candidate_id` text NOT NULL,
	`member_id` text NOT NULL,
	`text` text NOT NULL,
	`text_folded` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL,
	`edited_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `note_id_unique` ON `note` (`id`);--> statement-breakpoint
CREATE INDEX `note_of_candidate` ON `note` (`candidate_id`,`id`);--> statement-breakpoint
CREATE TABLE `invite` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`email` text NOT NULL,
	`access` text NOT NULL,
	`team_id` text NOT NULL,
	`started_work_on` text,
	`status` text NOT NULL,
	`invited_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expiry_days` integer,
	`expires_at` integer,
	`answered_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`team_id`) REFERENCES `team`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`invited_by`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `invite_open_once` ON `invite` (`organization_id`,`email`) WHERE status = 'INVITED';--> statement-breakpoint
CREATE INDEX `invite_of_organization` ON `invite` (`organization_id`,`id`);--> statement-breakpoint
CREATE TABLE `member` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`user_id` text NOT NULL,
	`access` text NOT NULL,
	`started_work_on` text,
	`created_at` integer NOT NULL,
	`removed_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `member_once` ON `member` (`organization_id`,`user_id`) WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX `member_of_organization` ON `member` (`organization_id`,`id`);--> statement-breakpoint
CREATE INDEX `member_of_user` ON `member` (`user_id`);--> statement-breakpoint
CREATE TABLE `organization` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`slug` text NOT NULL,
	`language` text NOT NULL,
	`time_zone` text NOT NULL,
	`default_interview_period_seconds` integer NOT NULL,
	`frontend_origins` text NOT NULL,
	`sender_name` text NOT NULL,
	`created_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `organization_slug_unique` ON `organization` (`slug`);--> statement-breakpoint
CREATE TABLE `team` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`name` text NOT NULL,
	`name_folded` text NOT NULL,
	`is_default` integer NOT NULL,
	`created_at` integer NOT NULL,
	`archived_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `team_of_organization` ON `team` (`organization_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `team_default` ON `team` (`organization_id`) WHERE is_default = 1;--> statement-breakpoint
CREATE TABLE `team_member` (
	`team_id` text NOT NULL,
	`member_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`is_admin` integer NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`team_id`, `member_id`),
	FOREIGN KEY (`team_id`) REFERENCES `team`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `team_of_member` ON `team_member` (`member_id`);--> statement-breakpoint
CREATE TABLE `pipeline` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`name` text NOT NULL,
	`name_folded` text NOT NULL,
	`description` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`archived_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `pipeline_of_organization` ON `pipeline` (`organization_id`,`id`);--> statement-breakpoint
CREATE INDEX `pipeline_open` ON `pipeline` (`organization_id`,`id`) WHERE archived_at is null;--> statement-breakpoint
CREATE TABLE `placement` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`pipeline_id` text NOT NULL,
	`stage_id` text NOT NULL,
	`candidate_id` text,
	`contact_id` text,
	`rank` text NOT NULL,
	`version` integer NOT NULL,
	`entered_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`removed_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`pipeline_id`) REFERENCES `pipeline`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`stage_id`) REFERENCES `stage`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`contact_id`) REFERENCES `contact`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `placement_candidate_once` ON `placement` (`pipeline_id`,`candidate_id`) WHERE removed_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX `placement_contact_once` ON `placement` (`pipeline_id`,`contact_id`) WHERE removed_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX `placement_in_order` ON `placement` (`stage_id`,`rank`) WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX `placement_newest` ON `placement` (`stage_id`,`entered_at`) WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX `placement_by_candidate` ON `placement` (`stage_id`,`candidate_id`) WHERE removed_at is null and candidate_id is not null;--> statement-breakpoint
CREATE INDEX `placement_of_candidate` ON `placement` (`candidate_id`,`id`);--> statement-breakpoint
CREATE INDEX `placement_of_contact` ON `placement` (`contact_id`,`id`) WHERE contact_id is not null;--> statement-breakpoint
CREATE TABLE `placement_event` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`placement_id` text NOT NULL,
	`version` integer NOT NULL,
	`verb` text NOT NULL,
	`from_stage_id` text,
	`to_stage_id` text,
	`member_id` text NOT NULL,
	`stayed_ms` integer,
	`at` integer NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`placement_id`) REFERENCES `placement`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`from_stage_id`) REFERENCES `stage`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`to_stage_id`) REFERENCES `stage`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `placement_event_version` ON `placement_event` (`placement_id`,`version`);--> statement-breakpoint
CREATE INDEX `stage_left` ON `placement_event` (`from_stage_id`,`id`,`stayed_ms`) WHERE stayed_ms is not null;--> statement-breakpoint
CREATE TABLE `stage` (
	`id` text PRIMARY KEY NOT NULL,
	`pipeline_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`position` integer NOT NULL,
	`name` text NOT NULL,
	`ends` text,
	`removed_at` integer,
	FOREIGN KEY (`pipeline_id`) REFERENCES `pipeline`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `stage_of_pipeline` ON `stage` (`pipeline_id`,`position`) WHERE removed_at is null;--> statement-breakpoint
CREATE TABLE `criterion` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`position` integer NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`scale_max` integer NOT NULL,
	`is_required` integer NOT NULL,
	`removed_at` integer,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `criterion_of_project` ON `criterion` (`project_id`,`position`) WHERE removed_at is null;--> statement-breakpoint
CREATE TABLE `project` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`name` text NOT NULL,
	`name_folded` text NOT NULL,
	`kind` text NOT NULL,
	`status` text NOT NULL,
	`description` text NOT NULL,
	`language` text NOT NULL,
	`default_interview_period_seconds` integer,
	`max_interview_seconds` integer NOT NULL,
	`interruption_grace_seconds` integer NOT NULL,
	`reminder_hours` text NOT NULL,
	`deadline_applies_to` text NOT NULL,
	`password_required` integer NOT NULL,
	`veto_enabled` integer NOT NULL,
	`internal_id` text,
	`labels` text NOT NULL,
	`revision` integer NOT NULL,
	`created_at` integer NOT NULL,
	`activated_at` integer,
	`archived_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `project_of_organization` ON `project` (`organization_id`,`id`);--> statement-breakpoint
CREATE TABLE `project_revision` (
	`project_id` text NOT NULL,
	`revision` integer NOT NULL,
	`organization_id` text NOT NULL,
	`steps` text NOT NULL,
	`step_count` integer NOT NULL,
	`judged_count` integer NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`project_id`, `revision`),
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE TABLE `project_role` (
	`project_id` text NOT NULL,
	`member_id` text NOT NULL,
	`role` text NOT NULL,
	`organization_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`project_id`, `member_id`, `role`),
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `project_role_of_member` ON `project_role` (`member_id`);--> statement-breakpoint
CREATE TABLE `candidate_event` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`candidate_id` text NOT NULL,
	`record_id` text NOT NULL,
	`other_id` text,
	`version` integer NOT NULL,
	`verb` text NOT NULL,
	`from_status` text,
	`to_status` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text,
	`why` text,
	`at` integer NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `candidate_event_order` ON `candidate_event` (`record_id`,`version`);--> statement-breakpoint
CREATE INDEX `event_of_candidate` ON `candidate_event` (`candidate_id`);--> statement-breakpoint
CREATE TABLE `candidate_external_id` (
	`organization_id` text NOT NULL,
	`system` text NOT NULL,
	`external_id` text NOT NULL,
	`candidate_id` text NOT NULL,
	PRIMARY KEY(`organization_id`, `system`, `external_id`),
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `external_id_in_any` ON `candidate_external_id` (`organization_id`,`external_id`,`candidate_id`);--> statement-breakpoint
CREATE INDEX `external_id_of_candidate` ON `candidate_external_id` (`candidate_id`);--> statement-breakpoint
CREATE TABLE `candidate_tag` (
	`organization_id` text NOT NULL,
	`tag` text NOT NULL,
	`candidate_id` text NOT NULL,
	PRIMARY KEY(`organization_id`, `tag`, `candidate_id`),
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `tag_of_candidate` ON `candidate_tag` (`candidate_id`);--> statement-breakpoint
CREATE TABLE `recording` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`interview_id` text,
	`run` integer NOT NULL,
	`step_id` text NOT NULL,
	`content_type` text NOT NULL,
	`status` text NOT NULL,
	`created_at` integer NOT NULL,
	`forget_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`interview_id`) REFERENCES `interview`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `recording_of_interview` ON `recording` (`interview_id`);--> statement-breakpoint
CREATE INDEX `recording_forgettable` ON `recording` (`forget_at`,`id`) WHERE forget_at is not null;--> statement-breakpoint
CREATE TABLE `recording_part` (
	`recording_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`number` integer NOT NULL,
	`bytes` integer NOT NULL,
	`key` text NOT NULL,
	PRIMARY KEY(`recording_id`, `number`),
	FOREIGN KEY (`recording_id`) REFERENCES `recording`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE TABLE `refcheck` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`role_id` text NOT NULL,
	`team_id` text NOT NULL,
	`candidate_id` text NOT NULL,
	`made_under` text DEFAULT '' NOT NULL,
	`revision` integer NOT NULL,
	`references_required` integer NOT NULL,
	`references_optional` integer NOT NULL,
	`relationships` text NOT NULL,
	`period_months` integer,
	`complete_within_days` integer NOT NULL,
	`answers_shared` integer NOT NULL,
	`progress` text NOT NULL,
	`status` text NOT NULL,
	`version` integer NOT NULL,
	`deadline_at` integer,
	`invited_at` integer,
	`consented_at` integer,
	`consent_version` integer,
	`canceled_at` integer,
	`expired_at` integer,
	`completed_at` integer,
	`completed_by` text,
	`reminders` integer NOT NULL,
	`remind_at` integer,
	`wake_at` integer,
	`armed_for` integer,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`request_key` text,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`role_id`) REFERENCES `role`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`team_id`) REFERENCES `team`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `refcheck_of_organization` ON `refcheck` (`organization_id`,`id`,`name`,`email`);--> statement-breakpoint
CREATE INDEX `refcheck_of_team` ON `refcheck` (`team_id`,`id`,`name`,`email`);--> statement-breakpoint
CREATE INDEX `refcheck_of_role` ON `refcheck` (`role_id`,`id`,`name`,`email`);--> statement-breakpoint
CREATE INDEX `refcheck_by_status` ON `refcheck` (`organization_id`,`status`,`id`,`deadline_at`,`name`,`email`);--> statement-breakpoint
CREATE INDEX `refcheck_of_team_by_status` ON `refcheck` (`team_id`,`status`,`id`,`deadline_at`,`name`,`email`);--> statement-breakpoint
CREATE INDEX `refcheck_of_role_by_status` ON `refcheck` (`role_id`,`status`,`id`,`deadline_at`,`name`,`email`);--> statement-breakpoint
CREATE INDEX `refcheck_late` ON `refcheck` (`organization_id`,`deadline_at`,`id`) WHERE progress in ('awaiting_candidate', 'awaiting_references', 'in_progress');--> statement-breakpoint
CREATE UNIQUE INDEX `refcheck_once` ON `refcheck` (`role_id`,`candidate_id`,`made_under`);--> statement-breakpoint
CREATE INDEX `refcheck_of_candidate` ON `refcheck` (`candidate_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `refcheck_request` ON `refcheck` (`organization_id`,`request_key`) WHERE request_key is not null;--> statement-breakpoint
CREATE INDEX `refcheck_wake` ON `refcheck` (`wake_at`,`id`) WHERE wake_at is not null;--> statement-breakpoint
CREATE INDEX `refcheck_unarmed` ON `refcheck` (`id`) WHERE wake_at is not null and armed_for is not wake_at;--> statement-breakpoint
CREATE TABLE `refcheck_event` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`refcheck_id` text NOT NULL,
	`version` integer NOT NULL,
	`verb` text NOT NULL,
	`reference_id` text,
	`to_status` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text,
	`why` text,
	`deadline_at` integer,
	`at` integer NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`refcheck_id`) REFERENCES `refcheck`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `refcheck_event_order` ON `refcheck_event` (`refcheck_id`,`version`);--> statement-breakpoint
CREATE TABLE `reference` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`refcheck_id` text NOT NULL,
	`email` text NOT NULL,
	`email_status` text NOT NULL,
	`first_name` text NOT NULL,
	`last_name` text NOT NULL,
	`relationship` text NOT NULL,
	`employer` text NOT NULL,
	`worked_from` text,
	`worked_to` text,
	`phone` text,
	`language` text NOT NULL,
	`time_zone` text NOT NULL,
	`status` text NOT NULL,
	`reminders` integer NOT NULL,
	`remind_at` integer,
	`invited_at` integer NOT NULL,
	`accepted_at` integer,
	`declined_at` integer,
	`decline_reason` text,
	`decline_note` text,
	`completed_at` integer,
	`replaced_by` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`refcheck_id`) REFERENCES `refcheck`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `reference_of_refcheck` ON `reference` (`refcheck_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `reference_once` ON `reference` (`refcheck_id`,`email`) WHERE status <> 'replaced';--> statement-breakpoint
CREATE TABLE `reference_answer` (
	`reference_id` text NOT NULL,
	`key` text NOT NULL,
	`organization_id` text NOT NULL,
	`answer` text NOT NULL,
	`saved_at` integer NOT NULL,
	PRIMARY KEY(`reference_id`, `key`),
	FOREIGN KEY (`reference_id`) REFERENCES `reference`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE TABLE `report_share` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`refcheck_id` text NOT NULL,
	`hash` text NOT NULL,
	`label` text NOT NULL,
	`with_signals` integer NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`refcheck_id`) REFERENCES `refcheck`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `report_share_hash_unique` ON `report_share` (`hash`);--> statement-breakpoint
CREATE INDEX `report_share_of_refcheck` ON `report_share` (`refcheck_id`,`id`);--> statement-breakpoint
CREATE TABLE `questionnaire` (
	`role_id` text NOT NULL,
	`revision` integer NOT NULL,
	`organization_id` text NOT NULL,
	`content` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`role_id`, `revision`),
	FOREIGN KEY (`role_id`) REFERENCES `role`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE TABLE `role` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`team_id` text NOT NULL,
	`title` text NOT NULL,
	`title_folded` text NOT NULL,
	`internal_id` text,
	`references_required` integer NOT NULL,
	`references_optional` integer NOT NULL,
	`relationships` text NOT NULL,
	`period_months` integer,
	`complete_within_days` integer NOT NULL,
	`answers_shared` integer NOT NULL,
	`revision` integer NOT NULL,
	`status` text NOT NULL,
	`created_at` integer NOT NULL,
	`closed_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`team_id`) REFERENCES `team`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `role_of_organization` ON `role` (`organization_id`,`id`);--> statement-breakpoint
CREATE INDEX `role_of_team` ON `role` (`team_id`,`id`);--> statement-breakpoint
CREATE TABLE `role_template` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`title` text NOT NULL,
	`title_folded` text NOT NULL,
	`references_required` integer NOT NULL,
	`references_optional` integer NOT NULL,
	`relationships` text NOT NULL,
	`period_months` integer,
	`complete_within_days` integer NOT NULL,
	`answers_shared` integer NOT NULL,
	`questionnaire` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `role_template_of_organization` ON `role_template` (`organization_id`,`id`);--> statement-breakpoint
CREATE TABLE `signal` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`refcheck_id` text NOT NULL,
	`kind` text NOT NULL,
	`weight` integer NOT NULL,
	`reference_id` text,
	`other_reference_id` text,
	`key` text NOT NULL,
	`facts` text NOT NULL,
	`raised_at` integer NOT NULL,
	`withdrawn_at` integer,
	`resolved_at` integer,
	`resolved_by` text,
	`note` text,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`refcheck_id`) REFERENCES `refcheck`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `signal_of_refcheck` ON `signal` (`refcheck_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `signal_once` ON `signal` (`refcheck_id`,`key`) WHERE withdrawn_at is null;--> statement-breakpoint
CREATE TABLE `trace` (
	`refcheck_id` text NOT NULL,
	`who` text NOT NULL,
	`network` text NOT NULL,
	`device` text NOT NULL,
	`country` text NOT NULL,
	`organization_id` text NOT NULL,
	`seen_at` integer NOT NULL,
	PRIMARY KEY(`refcheck_id`, `who`, `network`, `device`),
	FOREIGN KEY (`refcheck_id`) REFERENCES `refcheck`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `trace_by_age` ON `trace` (`seen_at`);--> statement-breakpoint
CREATE TABLE `offer` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`title` text NOT NULL,
	`description` text NOT NULL,
	`time_zone` text NOT NULL,
	`location` text,
	`url` text,
	`reminder_hours` text NOT NULL,
	`expires_at` integer NOT NULL,
	`closed_at` integer,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`request_key` text,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `offer_of_organization` ON `offer` (`organization_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `offer_request` ON `offer` (`organization_id`,`request_key`) WHERE request_key is not null;--> statement-breakpoint
CREATE TABLE `offer_candidate` (
	`offer_id` text NOT NULL,
	`candidate_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`slot_id` text,
	`meeting_id` text,
	`picked_at` integer,
	`withdrawn_at` integer,
	PRIMARY KEY(`offer_id`, `candidate_id`),
	FOREIGN KEY (`offer_id`) REFERENCES `offer`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `offer_of_candidate` ON `offer_candidate` (`candidate_id`,`offer_id`);--> statement-breakpoint
CREATE TABLE `offer_event` (
	`candidate_id` text NOT NULL,
	`id` text NOT NULL,
	`organization_id` text NOT NULL,
	`offer_id` text NOT NULL,
	`verb` text NOT NULL,
	`meeting_id` text,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`candidate_id`, `id`),
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`offer_id`) REFERENCES `offer`(`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `offer_interviewer` (
	`offer_id` text NOT NULL,
	`member_id` text NOT NULL,
	`organization_id` text NOT NULL,
	PRIMARY KEY(`offer_id`, `member_id`),
	FOREIGN KEY (`offer_id`) REFERENCES `offer`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE TABLE `slot` (
	`id` text PRIMARY KEY NOT NULL,
	`offer_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`starts_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`meeting_id` text,
	FOREIGN KEY (`offer_id`) REFERENCES `offer`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `slot_of_offer` ON `slot` (`offer_id`,`starts_at`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `slot_once` ON `slot` (`offer_id`,`starts_at`,`ends_at`) WHERE meeting_id is null;--> statement-breakpoint
CREATE TABLE `timeline` (
	`candidate_id` text NOT NULL,
	`at` integer NOT NULL,
	`turn` integer NOT NULL,
	`source_id` text NOT NULL,
	`kind` text NOT NULL,
	`subject_id` text,
	`organization_id` text NOT NULL,
	PRIMARY KEY(`candidate_id`, `at`, `turn`, `source_id`),
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;

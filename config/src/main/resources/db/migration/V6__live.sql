-- Live streams are charged by the audio that each provider heard.
alter table usage drop constraint usage_use_check;
alter table usage add constraint usage_use_check check (use in ('transcription', 'live', 'dialogue', 'speech'));

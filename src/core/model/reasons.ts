import { type Phrase, phrase } from './phrase.js';

/**
 * The one catalogue of reason codes: why something was refused, blocked, warned about or ended as it did.
 * `summary` says what the code means; `remedy` is the usual way out, when a notice brings no better one.
 * docs/reasons.md is checked against it.
 */
export const REASONS = {
  done: { summary: 'The run did all that its plan said.', remedy: 'Nothing to do.' },

  intent_unknown: {
    summary: 'There is no intent with this name.',
    remedy: 'Look at /intents or `chatops intents` for the exact names.',
  },
  intent_invalid: {
    summary: 'The intent’s file has an error and no earlier version of it was good.',
    remedy: 'Run `chatops validate`; it names the file, the line and what would be right.',
  },
  intent_stale: {
    summary: 'The intent’s file has an error; its last good version is used.',
    remedy: 'Run `chatops validate` and mend the file.',
  },
  intents_unavailable: {
    summary: 'The intents folder can’t be read; what it held last counts.',
    remedy: 'Put the folder back, or check its mount and rights.',
  },
  policy_unavailable: {
    summary: 'A file of the policy can’t be read; what it said last stays in force.',
    remedy: 'Put the file back, or give the bot’s user the right to read it.',
  },
  schedules_unavailable: {
    summary: 'The schedules file can’t be read; its schedules stay as they were.',
    remedy: 'Put the file back, or give the bot’s user the right to read it.',
  },
  action_mismatch: {
    summary: 'The intent’s action is not what this command does.',
    remedy: 'Use the command that is named like the intent’s action.',
  },
  action_unsupported: {
    summary: 'This version has no executor for the intent’s kind.',
    remedy: 'Update to a version that lists it under /help.',
  },
  params_invalid: {
    summary: 'A parameter is unknown, missing or out of bounds.',
    remedy: 'Give the parameters that the intent declares.',
  },
  not_allowed: {
    summary: 'The one who asked has no right to do this.',
    remedy: 'Ask an admin; `/why` says which rule it is.',
  },
  too_many_requests: {
    summary: 'This person, or this intent, was asked for more often than the limits allow.',
    remedy: 'Wait a moment, then ask again.',
  },
  policy_broken: {
    summary: 'The policy can’t be read and no earlier version of it was good, so nobody may do anything.',
    remedy: 'Run `chatops policy check` and mend the file; it counts at once.',
  },
  outside_window: {
    summary: 'A freeze of the policy is on, or its window is shut.',
    remedy: 'Ask again when it opens, or ask an admin for an exception.',
  },
  label_mismatch: {
    summary: 'The intent asks for a label that this installation does not carry.',
    remedy: 'Set APPROVED_LABEL to the intent’s label_required, or change the intent.',
  },
  shutting_down: {
    summary: 'The bot is stopping and takes no new runs.',
    remedy: 'Try again when it is back, usually within a minute.',
  },
  missing_key: {
    summary: 'The call has no API key.',
    remedy:
      'Send the key in the header X-API-Key. If none is set yet, set CHATOPS_API_KEY (`openssl rand -hex 32` makes one).',
  },
  invalid_key: {
    summary: 'Nobody has the API key that the call brought.',
    remedy: 'Compare it with CHATOPS_API_KEY, or with the file that CHATOPS_API_KEY_FILE names.',
  },
  ip_blocked: {
    summary: 'The address that called is not on the list of allowed ones.',
    remedy: 'Add it to CHATOPS_IP_ALLOWLIST. Behind a proxy, set CHATOPS_TRUSTED_PROXIES.',
  },
  invalid_signature: {
    summary: 'The webhook’s signature or token is missing or wrong.',
    remedy: 'Give the webhook’s settings and the bot the same GITHUB_WEBHOOK_SECRET or GITLAB_WEBHOOK_TOKEN.',
  },
  rate_limited: {
    summary: 'The client called more often than it may.',
    remedy: 'Wait, or raise CHATOPS_HTTP_RATE_LIMIT.',
  },
  request_invalid: {
    summary: 'The HTTP request could not be read, or says something that can’t be.',
    remedy: 'Correct what the message names; docs/http-api.md and /openapi.json describe each call.',
  },
  path_unknown: {
    summary: 'The side port serves nothing at this path.',
    remedy: 'Look at docs/http-api.md for the paths.',
  },
  method_not_allowed: {
    summary: 'The path does not answer this HTTP method.',
    remedy: 'Use one of those that the header Allow names.',
  },
  permissions_missing: {
    summary: 'The bot lacks a Discord permission in this channel.',
    remedy: 'Give the bot’s role the named permission in this channel.',
  },

  schedule_unknown: {
    summary: 'There is no schedule with this name.',
    remedy: 'Look at /schedules or `chatops schedules` for the exact names.',
  },
  schedule_busy: {
    summary: 'A time of a schedule was left out, because the run before it had not ended.',
    remedy: 'Nothing, or let it wait with `overlap: queue`.',
  },
  schedule_missed: {
    summary: 'The bot was down at a time of a schedule.',
    remedy: 'Nothing; `catch_up` says what becomes of such times.',
  },
  schedule_paused: {
    summary: 'The schedule is paused, so its runs don’t begin.',
    remedy: 'Resume it: /schedules or `chatops schedules resume`.',
  },
  schedule_not_paused: {
    summary: 'The schedule is not paused.',
    remedy: 'Nothing to do: it runs at its times.',
  },

  run_unknown: { summary: 'There is no run with this id.', remedy: 'Look at /runs for the last ones.' },
  already_decided: {
    summary: 'Somebody has already answered this preview, or it has ended.',
    remedy: 'Look at the run’s last message, or ask for a new preview.',
  },
  not_asker: {
    summary: 'Only the one who asked may answer a preview.',
    remedy: 'Ask for a preview of your own with the same command.',
  },
  needs_person: {
    summary: 'The intent or the policy wants a person to confirm this run.',
    remedy: 'Confirm it in the ops channel; DISCORD_OPS_CHANNEL_ID says which one that is.',
  },
  needs_approval: {
    summary: 'The intent or the policy wants a second person to approve this run.',
    remedy: 'Ask somebody who may approve it to press Approve.',
  },
  own_approval: {
    summary: 'The one who asked for a run, or confirmed it, can’t approve it too.',
    remedy: 'Ask somebody else who may approve it.',
  },
  not_approver: {
    summary: 'The one who pressed Approve or Reject lacks the role that this run asks for.',
    remedy: 'Ask somebody with that role.',
  },
  asker_unchecked: {
    summary: 'Discord could not be asked whether the requester can still run it, so nothing began.',
    remedy: 'Press Approve again in a minute.',
  },
  rejected: {
    summary: 'Somebody who may approve the run rejected it.',
    remedy: 'Talk with them, then ask for a new preview.',
  },
  name_not_typed: {
    summary: 'The run deletes or overwrites so much that its intent’s name has to be typed.',
    remedy: 'Type the intent’s name as the message gives it.',
  },
  stack_locked: {
    summary: 'Somebody holds a lock on a stack that the run touches.',
    remedy: 'Wait, or ask the holder to /unlock it.',
  },
  stack_unknown: {
    summary: 'No intent belongs to a stack of this name.',
    remedy: 'Look at /status or `chatops status` for the exact names.',
  },
  not_locked: { summary: 'The stack is not locked.', remedy: 'Nothing to do.' },
  lock_invalid: {
    summary: 'A lock needs a reason of one line, and an end that can be understood.',
    remedy: 'Say why in a few words; write how long as 30m, 2h or 3d.',
  },
  not_active: {
    summary: 'The run has ended, so there is nothing to stop.',
    remedy: 'Look at the run’s outcome.',
  },
  not_resumable: {
    summary: 'The run has no finished steps that could be left alone, or they are others now.',
    remedy: 'Look at the run, or ask for its intent anew.',
  },
  resumed_already: {
    summary: 'The run was resumed before, and more was done since.',
    remedy: 'Resume the run that the message names.',
  },
  incident_unknown: {
    summary: 'There is no incident with this id.',
    remedy: 'Look at the newest alert in the channel for alerts.',
  },
  incident_over: {
    summary: 'The incident was resolved already, by a success or by hand.',
    remedy: 'Nothing to do; if it happens again, a new alert comes.',
  },

  tool_missing: {
    summary: 'A program that the run needs is not installed.',
    remedy: 'Install it, then try again.',
  },
  tool_unsuitable: {
    summary: 'A program that the run needs is there, but not in a version that can do it.',
    remedy: 'Install the version that the message names.',
  },
  source_missing: { summary: 'The source does not exist.', remedy: 'Correct `source` in the intent.' },
  source_unreadable: {
    summary: 'Part of the source can’t be read, so the copy would be incomplete.',
    remedy: 'Give the bot’s user the right to read it, or exclude it.',
  },
  exclude_without_effect: {
    summary: 'A pattern of `exclude` matches nothing in the source.',
    remedy: 'Correct the pattern in the intent, or remove it. docs/backups.md says what patterns mean.',
  },
  source_empty: {
    summary: 'The source is empty. Usually a disk is not mounted.',
    remedy: 'Check the mount. An empty folder is never backed up.',
  },
  read_error: {
    summary: 'A file could not be read to its end: the disk, or the share, failed.',
    remedy:
      'Look at `dmesg` and at the disk’s health. Old backups of the named files may be the last good ones.',
  },
  attributes_unread: {
    summary: 'Some attributes of files could not be copied with them.',
    remedy: 'Restore those files, then set their attributes by hand, or use a file system that keeps them.',
  },
  source_mount_new: {
    summary: 'Something is mounted at or below the source that wasn’t at the last run.',
    remedy: 'Check the preview: what was there before is hidden below the mount.',
  },
  source_shrunk: {
    summary: 'The source has less than half of the files that the last run saw.',
    remedy: 'Check the source. If this is right, raise the limit as the message says.',
  },
  source_not_mounted: {
    summary: 'The source should be a mount and is not mounted.',
    remedy: 'Mount it, then try again.',
  },
  destination_missing: {
    summary: 'The destination’s parent folder does not exist.',
    remedy: 'Create it, or correct `destination` in the intent.',
  },
  destination_not_writable: {
    summary: 'The bot may not write to the destination.',
    remedy: 'Give the bot’s user the right to write there.',
  },
  destination_not_mounted: {
    summary: 'The destination isn’t mounted, or no longer on the disk that it was on.',
    remedy: 'Mount it, then try again.',
  },
  destination_unreachable: {
    summary: 'The destination’s host does not answer.',
    remedy: 'Check the network, the host’s name and its ssh key.',
  },
  login_refused: {
    summary: 'The other host answers, and refuses the key, the name or the password.',
    remedy: 'Correct them as the message says.',
  },
  host_key_unknown: {
    summary: 'The other host’s ssh key is not known here, or is not the one that is known.',
    remedy: 'Connect once as the bot’s user, compare the fingerprint, and accept the key if it is right.',
  },
  destination_limits: {
    summary: 'The destination can’t keep all that the source has, such as owners or links.',
    remedy: 'Choose another destination if you need what is named.',
  },
  attributes_lost: {
    summary: 'The destination does not keep owners, modes or other attributes of files.',
    remedy: 'Choose a destination that keeps them, or accept it with the options that the message names.',
  },
  entries_left_out: {
    summary: 'Options of the intent leave out something that the source has, such as symlinks.',
    remedy: 'Nothing, if it is not needed; else remove the option that is named.',
  },
  no_answer: {
    summary: 'A mount, a host or a tool that the run needs doesn’t answer.',
    remedy: 'Check that disk or host, and the network on the way there, then try again.',
  },
  destination_full: {
    summary: 'The destination has too little space.',
    remedy: 'Free some space or lower retention_days, then try again.',
  },
  destination_low: {
    summary: 'The destination will be nearly full after this run.',
    remedy: 'Free some space soon.',
  },
  in_the_way: {
    summary:
      'Something at the destination is of another type than in the source, and would be deleted to make room.',
    remedy:
      'Remove or rename it there, or add `--delete` to the intent’s `options`: then the preview lists it as a deletion.',
  },
  newer_at_destination: {
    summary: 'Files that are newer at the destination than in the source will be overwritten.',
    remedy: 'Make sure that source and destination aren’t swapped, and that nobody works in the destination.',
  },
  destination_in_source: {
    summary: 'Source and destination lie inside each other.',
    remedy: 'Choose a destination outside the source.',
  },
  delete_limit: {
    summary: 'The run would delete more files than the limit allows.',
    remedy: 'Check the source. If this is right, raise `max_delete` in the intent.',
  },
  option_not_allowed: {
    summary: 'The intent passes an option that is not on the allowlist.',
    remedy: 'Remove it; docs/intents.md lists the options that can be used.',
  },
  secret_missing: {
    summary: 'A secret that the intent names is not set.',
    remedy: 'Set the environment variable, or its _FILE twin.',
  },
  live_data: {
    summary: 'Something may write to the source while it is copied.',
    remedy: 'Stop what writes there, or accept that open files may be copied half-way.',
  },
  archives_unknown: {
    summary: 'The destination holds archives that the catalogue does not know. They are never deleted.',
    remedy: 'Take them into the catalogue with `chatops artifacts adopt`, or remove them by hand.',
  },
  archives_of_others: {
    summary: 'The destination holds archives of other intents too. They are left alone.',
    remedy: 'Nothing to do; give each intent a destination of its own to keep them apart.',
  },
  retention_paused: {
    summary:
      'Archives that are too old by their dates stay, because a clock was wrong, or nothing was made for long.',
    remedy: 'Check the host’s clock. After a long pause they are deleted later, by themselves.',
  },

  circuit_open: {
    summary:
      'Something that the run needs did not answer several times in a row, so it isn’t asked for a while.',
    remedy:
      'Fix what keeps it from answering, then try it now (`chatops circuits retry`) or wait for the next try.',
  },
  circuit_unknown: {
    summary: 'Nothing of this name is paused.',
    remedy: 'Look at `chatops circuits` for the exact names.',
  },
  docker_unreachable: {
    summary: 'The Docker engine does not answer.',
    remedy: 'Start it (`systemctl start docker`), or correct DOCKER_HOST, then try again.',
  },
  docker_denied: {
    summary: 'The bot’s user may not use Docker.',
    remedy: 'Add that user to the group `docker` and restart the bot.',
  },
  compose_missing: {
    summary: 'The stack’s Compose file, or another file that it needs, is not there.',
    remedy: 'Create it, or correct `compose` in the intent.',
  },
  compose_invalid: {
    summary: 'Compose can’t read the Compose file.',
    remedy: 'Mend the Compose file; `docker compose config` checks it.',
  },
  variable_unset: {
    summary: 'The Compose file uses a variable that nothing sets, so it is empty.',
    remedy: 'Set it in the `.env` file beside the Compose file, or give it a default there.',
  },
  stack_differs: {
    summary:
      'The running containers were made from other files, variables, profiles or as another project than the intent means.',
    remedy: 'Write into the intent what they were made from, or start them again as it means.',
  },
  service_orphaned: {
    summary: 'A service is no longer in the Compose file and still runs.',
    remedy: 'Remove its containers, or put the service back into the file.',
  },
  service_unknown: {
    summary: 'The Compose file has no service with this name.',
    remedy: 'Correct `service` in the intent.',
  },
  replicas_impossible: {
    summary: 'Compose can’t run that many containers of this service.',
    remedy: 'Remove what stands in the way from the Compose file, or ask for one container.',
  },
  image_missing: {
    summary: 'An image that is needed is neither on this host nor in its registry.',
    remedy: 'Correct the image’s name in the Compose file, or push the image.',
  },
  image_unbuilt: {
    summary: 'An image that is built on this host isn’t here, and a rollout builds nothing.',
    remedy: 'Build it with `docker compose build`, then try again.',
  },
  image_local_only: {
    summary: 'An image can only come from this host: no registry has it, or none may be asked.',
    remedy:
      'Set `pull_policy: never` in the Compose file, so that only this host is asked, or push it to a registry.',
  },
  registry_login: {
    summary: 'An image’s registry wants a login, or doesn’t accept the one that Docker has (401).',
    remedy: 'Run `docker login` for that registry as the bot’s user, then try again.',
  },
  registry_denied: {
    summary: 'An image’s registry denies this host the image (403).',
    remedy:
      'Run `docker login` as the bot’s user with an account that can pull it, or correct the image’s name.',
  },
  registry_limited: {
    summary: 'An image’s registry was asked too often and answers no more for a while (429).',
    remedy: 'Wait as long as the message says, then try again. A login often raises the limit.',
  },
  registry_broken: {
    summary: 'An image’s registry answers with an error of its own (5xx).',
    remedy: 'Try again later; nothing has to be changed here.',
  },
  registry_unreachable: {
    summary: 'An image’s registry doesn’t answer.',
    remedy: 'Check the network and the registry’s address in the image’s name, then try again.',
  },
  image_differs: {
    summary:
      'Containers of one service do not all run, or will not all run, the same image and configuration.',
    remedy: 'Roll the service out, so that its containers are alike again.',
  },
  config_changed: {
    summary: 'The Compose file changed since the service’s containers were made.',
    remedy: 'Check that the change in the Compose file is meant.',
  },
  definition_changed: {
    summary: 'The Compose file defines a network or volume in another way than it exists.',
    remedy: 'Make it again with docker compose down and up, or undo the change.',
  },
  access_grows: {
    summary: 'A changed configuration gives a container more access to its host.',
    remedy: 'Make sure this change is intended: whoever confirms it types the intent’s name.',
  },
  data_moves: {
    summary: 'A changed configuration takes a volume or folder with data away from its container.',
    remedy: 'Make sure this change is intended: whoever confirms it types the intent’s name.',
  },
  dependents_affected: {
    summary: 'Other services use a container that is replaced.',
    remedy: 'Roll them out together.',
  },
  not_rolling: {
    summary: 'A service has one container, so it can’t be replaced one after the other.',
    remedy: 'Scale it to several first where it must not be down.',
  },
  rolling_impossible: {
    summary: 'A service keeps data in a volume without a name, which a container beside it would not have.',
    remedy: 'Give the volume a name, or leave out strategy.',
  },
  hold_left: {
    summary: 'A container that kept what ran before, and never runs, may be left.',
    remedy: 'The next rollout removes it.',
  },
  nothing_to_do: { summary: 'Everything is already as it should be.', remedy: 'Nothing to do.' },
  not_healthy: {
    summary: 'A new container did not become healthy, or did not stay up.',
    remedy: 'Look at the container’s last lines, or pin the earlier version in the Compose file.',
  },
  did_not_stay: {
    summary: 'What a run started was fine when it ended, and crashed or turned unhealthy within ten minutes.',
    remedy: 'Look at the container’s last lines, or go back to the version from before.',
  },
  cut_off: {
    summary: 'A container lives in the network or process space of one that is gone.',
    remedy: 'Make it again (`docker compose up -d --force-recreate`), or roll its stack out.',
  },
  still_starting: {
    summary:
      'A new container was still starting when its time was up; its health check had said neither yes nor no.',
    remedy: 'Raise `timeout` in the intent, or give the health check a longer `start_period`.',
  },
  timeout_short: {
    summary: 'The intent’s `timeout` is shorter than what a service’s health check can need.',
    remedy: 'Raise `timeout` in the intent; it counts from the end of the check’s `start_period`.',
  },
  rollback_failed: {
    summary: 'What ran before could not be put back in full.',
    remedy: 'Look at the containers with `docker ps -a` and put them right by hand.',
  },

  guest_unknown: {
    summary: 'Proxmox has no VM or container with this number, or the token may not see it.',
    remedy: 'Correct `vm_id` in the intent, or give the token VM.Audit on it.',
  },
  guest_locked: {
    summary: 'Proxmox is working on the VM or container, or was interrupted while it did.',
    remedy: 'Wait until Proxmox is done. If nothing works on it any more, unlock it on its node.',
  },
  guest_moved: {
    summary: 'The VM or container is on another node than the preview said.',
    remedy: 'Run it again; the new preview names the node.',
  },
  guest_elsewhere: {
    summary: 'The VM or container is on another node, and `vzdump` only backs up those of its own.',
    remedy: 'Set PVE_API_URL and PVE_API_TOKEN, or run the bot on that node.',
  },
  storage_unknown: {
    summary: 'The node has no storage of this name, or the token may not see it.',
    remedy: 'Correct `storage` in the intent, or give the token Datastore.Audit on it.',
  },
  storage_unsuitable: {
    summary: 'The storage takes no backups.',
    remedy: 'Choose another one, or allow backups on it: Datacenter › Storage › Edit › Content.',
  },
  storage_inactive: {
    summary: 'The storage is disabled or not reachable from the node.',
    remedy: 'Look at Datacenter › Storage in Proxmox, and at the share or disk behind it.',
  },
  service_unreachable: {
    summary: 'A service that the run needs does not answer.',
    remedy: 'Check that it runs, its address in the configuration, and the network.',
  },
  certificate_untrusted: {
    summary: 'The certificate of a service can’t be verified, so nothing was said to it.',
    remedy: 'Name the certificate of its authority in the configuration.',
  },
  token_refused: {
    summary: 'A service does not accept the token.',
    remedy: 'Check that the token exists, is not expired, and is set completely.',
  },
  right_missing: {
    summary: 'The token lacks a right.',
    remedy: 'Grant the named right to the token itself.',
  },
  connection_plain: {
    summary: 'The connection to a service is not encrypted: the token can be read on the way.',
    remedy: 'Use an address that begins with https://.',
  },
  look_timed_out: {
    summary: 'What runs now could not be found out in time.',
    remedy: 'Try again; if it stays so, look whether the host is overloaded.',
  },
  nothing_started: {
    summary: 'The service answered, and started nothing.',
    remedy: 'Run it again; if it stays so, look at the service’s own log.',
  },
  contact_lost: {
    summary: 'The contact to a service was lost while it worked; it may still be working.',
    remedy: 'Look there before you run it again.',
  },
  storage_limit: {
    summary: 'The storage’s own retention lets Proxmox make no further backup of the VM or container.',
    remedy:
      'Raise it under Datacenter › Storage › Backup Retention (`keep-all`), or delete backups that are not needed.',
  },
  mode_impossible: {
    summary: 'Proxmox does not back the VM or container up in the mode that the intent asks for.',
    remedy: 'Choose another `mode` in the intent.',
  },
  guest_left_out: {
    summary: 'Proxmox leaves a part of the VM or container out of its backup.',
    remedy:
      'Switch Backup on for what is needed (Hardware or Resources in Proxmox), or back it up in another way.',
  },
  guest_unread: {
    summary:
      'The configuration of the VM or container could not be read, so what its backup leaves out isn’t known.',
    remedy: 'Give the token VM.Audit on it, and look at its disks and mount points in Proxmox.',
  },
  guest_down: {
    summary: 'The VM or container ran before its backup and does not run now.',
    remedy: 'Start or resume it in Proxmox.',
  },
  guest_held: {
    summary:
      'The VM or container stood still during its backup, or may do so, though a snapshot was asked for.',
    remedy:
      'Keep its disks on a storage with snapshots (ZFS, LVM-thin, Ceph, Btrfs), or run it at a quiet time.',
  },
  not_frozen: {
    summary:
      'The VM’s file systems are not frozen for its backup, which is then like a disk after a power cut.',
    remedy: 'Install the QEMU guest agent in the VM and switch it on under Options.',
  },
  backup_warnings: {
    summary: 'The backup is there, and the tool that made it warned about something.',
    remedy: 'Read its lines in the run’s log.',
  },

  container_unknown: {
    summary: 'There is no container with this name.',
    remedy: 'Correct the container’s name in the intent; `docker ps -a` lists them.',
  },
  container_unsettled: {
    summary: 'The container is neither running nor stopped, or not what the preview said.',
    remedy: 'Look at `docker logs` of the container, then try again.',
  },
  container_autoremove: {
    summary: 'The container was started with --rm: Docker would remove it when it is stopped.',
    remedy: 'Make the container without --rm, or set `consistency: pause` in the intent.',
  },
  container_own: {
    summary: 'The bot needs the container that it would stop, pause or replace.',
    remedy:
      'Leave it out and change it on the host (a backup: `consistency: none`), or run the bot elsewhere.',
  },
  stop_destroys: {
    summary: 'Files of the source are in memory, and gone once their container stops.',
    remedy: 'Mount a volume or a folder there instead.',
  },
  hold_broken: {
    summary:
      'A container that was stopped or paused for the copy ran meanwhile, so the copy was not kept as good.',
    remedy: 'Find out what started it (a person, a cron job, an updater), then run it again.',
  },
  hold_unproven: {
    summary:
      'Docker could not say whether containers stayed as they were put, so the copy was not kept as good.',
    remedy: 'Check that Docker answers (`docker info`), then run it again.',
  },
  users_unknown: {
    summary: 'Which containers can write to the files that are copied is not known.',
    remedy: 'Give the bot’s user the right to use Docker, or make sure that nothing writes there.',
  },
  container_not_back: {
    summary: 'A container could not be put back as it was.',
    remedy: 'Put it back by hand, with the command that the message names.',
  },
  container_unhealthy: {
    summary: 'A container runs again, and its health check has not passed yet.',
    remedy: 'Look at `docker logs` of the container.',
  },

  command_failed: { summary: 'A command ended with an error.', remedy: 'Read its last lines below.' },
  check_failed: {
    summary: 'The finished copy did not pass its check, so it was not kept.',
    remedy: 'Try again; if it fails again, check the disk.',
  },
  files_changed: {
    summary: 'Some files changed or vanished while they were copied.',
    remedy: 'Nothing, if these files may change at any time; else stop what writes there.',
  },
  mirror_incomplete: {
    summary: 'The mirror was not finished: what was copied stays, nothing more was deleted.',
    remedy: 'Run it again; it goes on where it stopped.',
  },
  retention_failed: {
    summary: 'An old archive could not be deleted.',
    remedy: 'Check the rights in the destination; the next run tries again.',
  },
  stopped: { summary: 'Somebody stopped the run.', remedy: 'Run it again when it suits.' },
  cancelled_by_asker: { summary: 'The preview was cancelled.', remedy: 'Ask for a new preview at any time.' },
  not_confirmed_in_time: {
    summary: 'Nobody confirmed the preview in time.',
    remedy: 'Ask for a new preview.',
  },
  plan_changed: {
    summary: 'What would happen is no longer what was shown.',
    remedy: 'Read the new preview and confirm that.',
  },
  blocked: { summary: 'The plan has blockers.', remedy: 'Remove the cause that each blocker names.' },
  plan_failed: { summary: 'The plan could not be made.', remedy: 'Read what the tool said.' },
  process_died: {
    summary: 'The process that executed the run died in the middle.',
    remedy: 'Look at what was found and tidied up, then run it again.',
  },
  shutdown: {
    summary: 'The bot was stopped while the run was waiting or running.',
    remedy: 'Run it again.',
  },
  audit_trail_broken: {
    summary: 'The audit trail does not end where audit.head says, or audit.head is missing.',
    remedy:
      'Run `chatops audit verify`, compare with a backup of the data directory, then run `chatops audit accept`.',
  },
  store_unavailable: {
    summary: 'The database in the data directory can’t be read or written.',
    remedy: 'Check the space and rights of the data directory.',
  },
  internal_error: {
    summary: 'A defect in ChatOps itself.',
    remedy: 'Report it with the run’s id and the log.',
  },
} as const satisfies Record<string, { summary: string; remedy: string }>;

export type ReasonCode = keyof typeof REASONS;

/** Something that a person must know: a code of the catalogue, what it is about, and the way out. */
export interface Notice {
  readonly code: ReasonCode;
  readonly message: Phrase;
  readonly remedy: Phrase;
}

/** A notice; without a remedy of its own it carries the catalogue's. */
export function notice(code: ReasonCode, message: Phrase, remedy?: Phrase): Notice {
  return { code, message, remedy: remedy ?? phrase`${REASONS[code].remedy}` };
}

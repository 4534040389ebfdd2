"""What beat starts, and after how many seconds again. Each task may run twice without harm."""

SCHEDULE = {
    "heartbeat": {"task": "clinic.tasks.heartbeat", "schedule": 15.0, "options": {"expires": 60}},
    "open slots": {"task": "appointments.tasks.open_slots", "schedule": 3600.0},
    "expire requests": {"task": "appointments.tasks.expire_requests", "schedule": 30.0},
    "expire offers": {"task": "appointments.tasks.expire_offers", "schedule": 30.0},
    "chase emergencies": {"task": "appointments.tasks.chase_emergencies", "schedule": 15.0},
    "find absences": {"task": "televisit.tasks.find_absences", "schedule": 30.0},
    "open rooms": {"task": "televisit.tasks.open_rooms", "schedule": 30.0},
    "reconcile rooms": {"task": "televisit.tasks.reconcile_all_rooms", "schedule": 600.0},
    "close expired rooms": {"task": "televisit.tasks.close_expired_rooms", "schedule": 15.0},
    "announce what was left": {"task": "clinic.notices.tasks.announce_left_over", "schedule": 60.0},
    "seal the audit log": {"task": "clinic.audit.tasks.seal_audit", "schedule": 60.0},
    "forget what is over": {"task": "clinic.tasks.forget_what_is_over", "schedule": 3600.0},
    "tell of unread messages": {"task": "clinic.notices.tasks.tell_of_unread_messages", "schedule": 60.0},
    "tell of follow-ups": {"task": "clinic.notices.tasks.tell_of_follow_ups", "schedule": 3600.0},
    "scan charts": {"task": "clinic.people.tasks.scan_charts", "schedule": 60.0},
    "send due reminders": {"task": "clinic.notices.tasks.send_due_reminders", "schedule": 30.0},
}

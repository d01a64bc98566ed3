"""Rows that are imported by their module's name, not from the package; named here so that migrations know them."""

from app.models import api_token as api_token
from app.models import assignment as assignment
from app.models import bulk as bulk
from app.models import contact_change as contact_change
from app.models import custom_field as custom_field
from app.models import day_choices as day_choices
from app.models import domain_age as domain_age
from app.models import merge as merge
from app.models import notification as notification
from app.models import partner_access as partner_access
from app.models import program_settings as program_settings
from app.models import prospect_file as prospect_file
from app.models import report_mail as report_mail
from app.models import tag as tag
from app.models import tier as tier
from app.models import view as view
from app.models import wave as wave
from app.models import whole_copy as whole_copy
from app.models import workspace as workspace

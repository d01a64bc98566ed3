"""Forms of the fit area."""

from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from app.languages import mark
from app.services.backtests import MAX_MAILS


class BacktestForm(FlaskForm):
    """What a backtest is asked: how good the best are that a week's mails reach."""

    weekly_mails = IntegerField(
        mark("Mails your team can send in a week"),
        default=20,
        validators=[
            InputRequired(mark("Give a number, such as 20.")),
            NumberRange(1, MAX_MAILS, message=mark("Give a number from %(min)d to %(max)d.")),
        ],
    )

"""Invented bulletins: forms that agencies fill anew every day, and what becomes of one when others run it."""

import random
import re

PLACES = "نیشابور سبزوار مراغه میانه بروجرد ملایر کاشان نطنز داراب لار بم جیرفت چابهار خاش بیرجند قاین آمل رامسر فومن تالش".split()
PROVINCES = "خراسان رضوی|آذربایجان شرقی|لرستان|همدان|اصفهان|فارس|کرمان|سیستان و بلوچستان|خراسان جنوبی|مازندران|گیلان|ایلام".split(
    "|"
)
PEOPLE = "رضا کیانی|علی مرادی|حسین بهرامی|محمد صالحی|سعید نوری|مهدی رستمی|احمد شریفی|ناصر قربانی|کاوه یزدانی|بهزاد امینی".split(
    "|"
)
CARS = "پژو پارس|سمند|تیبا|کوییک|دنا پلاس|شاهین|رانا|ساینا".split("|")
DAYS = "شنبه یکشنبه دوشنبه چهارشنبه پنجشنبه جمعه".split()
MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر بهمن اسفند".split()
OFFICES = "جهاد کشاورزی|آموزش و پرورش|ورزش و جوانان|منابع طبیعی|بهزیستی|دامپزشکی|راه و شهرسازی|میراث فرهنگی".split("|")
STATES = "کاملا ابری|نیمه ابری|صاف|مه آلود|بارانی|برفی|غبارآلود|همراه با تندباد".split("|")

# Slots: {number}, {place}, {person}, ... are drawn anew wherever they stand, {place1} once a bulletin.
FORMS = {
    "quake": """زمین‌لرزه‌ای به بزرگی {small}.{digit} در مقیاس ریشتر حوالی {place1} در استان {province1} را لرزاند.
این زمین‌لرزه در ساعت {hour} و {minute} دقیقه و {minute} ثانیه بامداد {day} در عمق {number} کیلومتری زمین به ثبت رسیده است.
مختصات رومرکز این زمین‌لرزه {number}.{number} درجه عرض شمالی و {number}.{number} درجه طول شرقی گزارش شده است.
از خسارت‌های احتمالی این زمین‌لرزه هنوز گزارشی نرسیده و گروه‌های ارزیاب هلال احمر به منطقه اعزام شده‌اند.""",
    "bourse": """شاخص کل بورس در پایان معاملات امروز {day} با {thousand} واحد {updown} در جایگاه {million} واحدی ایستاد.
شاخص کل هم‌وزن نیز با {thousand} واحد تغییر به {thousand} واحد رسید و شاخص فرابورس {number} واحد جابه‌جا شد.
معامله‌گران امروز بیش از {number} میلیارد سهم را در قالب {number} هزار فقره معامله و به ارزش {thousand} میلیارد تومان داد و ستد کردند.
کارشناسان بازار سرمایه به سهامداران خرد توصیه می‌کنند از تصمیم‌های شتاب‌زده بپرهیزند و با دید بلندمدت سرمایه‌گذاری کنند.""",
    "air": """شرکت کنترل کیفیت هوا اعلام کرد شاخص کیفیت هوای پایتخت هم‌اکنون با میانگین {number} در وضعیت {quality} قرار دارد.
بر اساس این گزارش میانگین این شاخص در شبانه‌روز گذشته روی عدد {number} و در وضعیت {quality} بوده است.
از ابتدای سال تاکنون شهروندان {number} روز هوای پاک، {number} روز هوای قابل قبول و {number} روز هوای ناسالم را پشت سر گذاشته‌اند.
به سالمندان، زنان باردار و کودکان توصیه می‌شود از تردد غیرضروری در فضای باز و معابر پرتردد خودداری کنند.""",
    "cars": """قیمت انواع خودروهای داخلی امروز {day} {number} {month} در بازار پایتخت به شرح زیر اعلام شد.
بر این اساس {car} با {updown} قیمت به {number} میلیون تومان، {car} به {number} میلیون تومان و {car} به {number} میلیون تومان رسید.
همچنین {car} دنده‌ای با قیمت {number} میلیون تومان و {car} اتوماتیک با قیمت {number} میلیون تومان معامله می‌شود.
رئیس اتحادیه فروشندگان خودرو با بیان اینکه بازار در رکود است از خریداران خواست پیش از هر معامله استعلام خلافی و اصالت خودرو را بگیرند.""",
    "prayer": """اوقات شرعی امروز {day} {number} {month} به افق {place1} به این شرح اعلام می‌شود.
اذان صبح ساعت {hour}:{minute}، طلوع آفتاب ساعت {hour}:{minute}، اذان ظهر ساعت {hour}:{minute}، غروب آفتاب ساعت {hour}:{minute}، اذان مغرب ساعت {hour}:{minute} و نیمه شب شرعی ساعت {hour}:{minute} است.
مؤسسه ژئوفیزیک دانشگاه تهران اوقات شرعی همه شهرهای کشور را بر پایه محاسبات نجومی استخراج و هر سال منتشر می‌کند.""",
    "dams": """مدیرعامل آب منطقه‌ای {province1} گفت: حجم آب موجود در مخزن سد {place1} به {number} میلیون مترمکعب رسیده که معادل {number} درصد ظرفیت آن است.
{person1} افزود: ورودی این سد از ابتدای سال آبی تاکنون {number} میلیون مترمکعب بوده که در مقایسه با مدت مشابه سال قبل {number} درصد {updown} نشان می‌دهد.
وی با اشاره به تداوم خشکسالی از مشترکان خواست با رعایت الگوی مصرف و پرهیز از شست‌وشوی معابر در مصرف آب شرب صرفه‌جویی کنند.""",
    "appointment": """در حکمی از سوی استاندار {province1}، {person1} به سمت سرپرست اداره کل {office1} این استان منصوب شد.
در متن این حکم آمده است: نظر به تعهد، شایستگی و تجربیات ارزنده جنابعالی به موجب این ابلاغ شما را به عنوان سرپرست اداره کل {office1} منصوب می‌کنم.
امید است با توکل به خداوند متعال و بهره‌گیری از ظرفیت همکاران خدوم آن مجموعه در انجام وظایف محوله موفق و مؤید باشید.
پیش از این {person} عهده‌دار این مسئولیت بود و از زحمات وی در دوران خدمتش تقدیر شد.""",
    "condolence": """رئیس کمیسیون فرهنگی مجلس در پیامی درگذشت {person1}، نویسنده و پژوهشگر اهل {place1} را تسلیت گفت.
در این پیام آمده است: خبر درگذشت {person1} که عمر خود را در راه اعتلای فرهنگ این سرزمین گذراند موجب اندوه و تأثر فراوان شد.
اینجانب این ضایعه را به خانواده محترم ایشان، جامعه ادبی و مردم فرهنگ‌دوست {place1} تسلیت می‌گویم و برای آن مرحوم رحمت و برای بازماندگان صبر مسئلت دارم.""",
    "outlook": """مدیرکل هواشناسی {province1} گفت: بر اساس نقشه‌های پیش‌یابی، آسمان استان تا پایان هفته {state} خواهد بود.
وی افزود: در ارتفاعات {place} جو {state} و در دشت‌های جنوبی جو {state} دور از انتظار نیست.
به گفته او رانندگان در محورهای {place} و {place} با احتیاط برانند و کوهنوردان از صعود به ارتفاعات {place} بپرهیزند.
وی با صدور هشدار سطح زرد از کشاورزان خواست تمهیدات لازم را برای حفاظت از گلخانه‌ها و تاسیسات دامی خود به کار گیرند.""",
    "seizure": """فرمانده مرزبانی {province1} از کشف {number} کیلوگرم {drug1} در عملیات مرزبانان هنگ مرزی {place1} خبر داد.
{person1} گفت: مرزبانان با اشراف اطلاعاتی و تلاش شبانه‌روزی از ورود محموله بزرگ {drug1} به داخل کشور آگاه شدند و موضوع را در دستور کار قرار دادند.
وی افزود: در این عملیات {number} قاچاقچی دستگیر و {number} دستگاه خودرو توقیف شد و متهمان پس از تشکیل پرونده تحویل مراجع قضایی شدند.
این مقام انتظامی از مرزنشینان خواست هرگونه تحرک مشکوک را از طریق شماره ۱۱۰ به مرزبانان اطلاع دهند.""",
    "outage": """شرکت توزیع برق {province1} جدول خاموشی‌های برنامه‌ریزی شده فردا {day} را منتشر کرد.
بر این اساس برق مشترکان در {place} از ساعت {hour} تا {hour}، در {place} از ساعت {hour} تا {hour}، در {place} از ساعت {hour} تا {hour} و در {place} از ساعت {hour} تا {hour} قطع خواهد شد.
روابط عمومی این شرکت با پوزش از مشترکان خواست لوازم برقی حساس خود را در این ساعات از پریز جدا کنند و از آسانسور استفاده نکنند.""",
    "match": """دیدار تیم‌های {place1} و {place2} از هفته {number} رقابت‌های لیگ دسته اول فوتبال با نتیجه {small} بر {digit} به پایان رسید.
در این مسابقه که در ورزشگاه {place1} و با قضاوت {person} برگزار شد، گل‌ها را {person} در دقیقه {minute} و {person} در دقیقه {minute} به ثمر رساندند.
با این نتیجه {place1} با {number} امتیاز در رده {number} جدول ایستاد و {place2} {number} امتیازی شد و جایگاه خود را تغییر داد.
این رقابت‌ها هفته آینده با برگزاری دیدارهای معوقه پیگیری خواهد شد و تیم‌ها برای صعود به لیگ برتر می‌جنگند.""",
    "accident": """رئیس اورژانس {province1} از وقوع یک حادثه رانندگی در محور {place1} به {place2} با {number} کشته و {number} زخمی خبر داد.
{person1} گفت: این حادثه ساعت {hour} و {minute} دقیقه امروز {day} بر اثر برخورد یک دستگاه {car} با یک دستگاه {car} روی داد.
وی افزود: بلافاصله پس از اعلام حادثه {number} دستگاه آمبولانس به محل اعزام و مصدومان پس از درمان سرپایی به بیمارستان {place2} منتقل شدند.
علت این حادثه از سوی کارشناسان پلیس راه در دست بررسی است و از رانندگان خواسته شد سرعت مجاز را رعایت کنند.""",
}  # fmt: skip

_LISTS = {
    "place": PLACES, "province": PROVINCES, "person": PEOPLE, "car": CARS, "day": DAYS, "month": MONTHS, "office": OFFICES, "state": STATES,
    "quality": ["قابل قبول", "ناسالم برای گروه‌های حساس", "پاک", "ناسالم"],
    "updown": ["افزایش", "کاهش", "رشد", "افت"],
    "drug": ["تریاک", "حشیش", "هروئین", "شیشه", "مرفین"],
}  # fmt: skip
_RANGES = {
    "small": (2, 6),
    "digit": (0, 9),
    "hour": (1, 23),
    "minute": (10, 59),
    "number": (3, 980),
    "thousand": (1100, 99000),
}
_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def bulletin(form: str, seed: int) -> str:
    """Return the text of one bulletin of a form: the same seed, the same facts."""
    draw = random.Random(f"{form} {seed}")
    once: dict[str, str] = {}

    def fill(found: re.Match[str]) -> str:
        name = found[1]
        kind = name.rstrip("12")
        if name == kind:
            return _one(kind, draw)
        if name not in once:
            once[name] = next(one for one in iter(lambda: _one(kind, draw), None) if one not in once.values())
        return once[name]

    return re.sub(r"\{(\w+)\}", fill, FORMS[form])


def _one(kind: str, draw: random.Random) -> str:
    if kind in _LISTS:
        return draw.choice(_LISTS[kind])
    if kind == "million":
        return f"{draw.randint(1, 2)} میلیون و {draw.randint(100, 990)} هزار".translate(_PERSIAN)
    return str(draw.randint(*_RANGES[kind])).translate(_PERSIAN)


_SYNONYMS = {"گفت": "اظهار کرد", "افزود": "ادامه داد", "وی": "او", "همچنین": "علاوه بر این", "خبر داد": "سخن گفت"}


def rerun(text: str, agency: str, seed: int) -> str:
    """Return a bulletin as another agency runs it: its credit, Arabic letters or ASCII digits, lost half-spaces, a word or a line less."""
    draw = random.Random(f"rerun {seed}")
    lines = text.split("\n")
    if len(lines) > 3 and draw.random() < 0.4:
        del lines[draw.randrange(1, len(lines))]
    if draw.random() < 0.5:
        lines = [_said_otherwise(line, draw) for line in lines]
    text = "\n".join(lines)
    match draw.randrange(4):
        case 0:
            text = text.replace("ی", "ي").replace("ک", "ك")
        case 1:
            text = text.translate({after: before for before, after in _PERSIAN.items()})
        case 2:
            text = text.replace("\N{ZERO WIDTH NON-JOINER}", "")
        case _:
            text = text.replace("\N{ZERO WIDTH NON-JOINER}", " ")
    return f"به گزارش خبرگزاری {agency}، {text}\nانتهای پیام"


def _said_otherwise(line: str, draw: random.Random) -> str:
    words = line.split(" ")
    words = [_SYNONYMS.get(word, word) if draw.random() < 0.5 else word for word in words]
    # A small word dropped or put in, about once in thirty.
    return " ".join(word for word in words if word not in ("این", "نیز", "را") or draw.random() > 0.3)

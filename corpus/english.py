"""What Chinese provinces and bodies of state are called in English, in lower case."""

from __future__ import annotations

REGIONS = {
    "北京": "beijing", "天津": "tianjin", "上海": "shanghai", "重庆": "chongqing", "河北": "hebei", "山西": "shanxi",
    "辽宁": "liaoning", "吉林": "jilin", "黑龙江": "heilongjiang", "江苏": "jiangsu", "浙江": "zhejiang",
    "安徽": "anhui", "福建": "fujian", "江西": "jiangxi", "山东": "shandong", "河南": "henan", "湖北": "hubei",
    "湖南": "hunan", "广东": "guangdong", "广西": "guangxi", "海南": "hainan", "四川": "sichuan", "贵州": "guizhou",
    "云南": "yunnan", "西藏": "tibet", "陕西": "shaanxi", "甘肃": "gansu", "青海": "qinghai", "宁夏": "ningxia",
    "新疆": "xinjiang", "内蒙古": "inner mongolia", "香港": "hong kong", "澳门": "macao", "台湾": "taiwan",
    "深圳": "shenzhen", "广州": "guangzhou", "杭州": "hangzhou", "南京": "nanjing", "苏州": "suzhou", "武汉": "wuhan",
    "成都": "chengdu", "西安": "xi'an", "青岛": "qingdao", "宁波": "ningbo", "厦门": "xiamen",
}  # fmt: skip
ISSUERS = {
    "miit": "工业和信息化部",
    "ministry of industry and information technology": "工业和信息化部",
    "ndrc": "国家发展和改革委员会",
    "national development and reform commission": "国家发展和改革委员会",
    "cyberspace administration of china": "网络安全和信息化委员会办公室",
    "standardization administration of china": "国家标准化管理委员会",
    "samr": "国家市场监督管理总局",
    "state administration for market regulation": "国家市场监督管理总局",
    "state council": "国务院",
    "ministry of science and technology": "科学技术部",
    "ministry of education": "教育部",
    "ministry of finance": "财政部",
    "ministry of public security": "公安部",
    "ministry of commerce": "商务部",
    "ministry of justice": "司法部",
    "ministry of transport": "交通运输部",
    "national health commission": "国家卫生健康委员会",
    "world internet conference": "世界互联网大会",
}
